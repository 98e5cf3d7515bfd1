from dataclasses import dataclass
from enum import StrEnum


class MacroRegion(StrEnum):
    """The three natural regions; a department belongs to the one where most of its people live."""

    COAST = "coast"
    HIGHLANDS = "highlands"
    JUNGLE = "jungle"


@dataclass(frozen=True, slots=True)
class Department:
    """A first-level division of Peru: one of the 24 departments, or the Constitutional Province of Callao.

    Attributes:
        ubigeo: INEI code of two digits, ``"01"`` to ``"25"`` (RENIEC numbers them otherwise).
        name: Name in Spanish with its accents; the key that every answer uses.
        capital: Its capital city.
        macro_region: Natural region, the level above a department when its own counts are too small.
        population: People counted by INEI in the census of 2017.
        iso: ISO 3166-2 code, such as ``PE-ARE``.
    """

    ubigeo: str
    name: str
    capital: str
    macro_region: MacroRegion
    population: int
    iso: str


_COAST, _HIGHLANDS, _JUNGLE = MacroRegion.COAST, MacroRegion.HIGHLANDS, MacroRegion.JUNGLE

DEPARTMENTS: tuple[Department, ...] = (
    Department("01", "Amazonas", "Chachapoyas", _JUNGLE, 379_384, "PE-AMA"),
    Department("02", "Áncash", "Huaraz", _HIGHLANDS, 1_083_519, "PE-ANC"),
    Department("03", "Apurímac", "Abancay", _HIGHLANDS, 405_759, "PE-APU"),
    Department("04", "Arequipa", "Arequipa", _HIGHLANDS, 1_382_730, "PE-ARE"),
    Department("05", "Ayacucho", "Ayacucho", _HIGHLANDS, 616_176, "PE-AYA"),
    Department("06", "Cajamarca", "Cajamarca", _HIGHLANDS, 1_341_012, "PE-CAJ"),
    Department("07", "Callao", "Callao", _COAST, 994_494, "PE-CAL"),
    Department("08", "Cusco", "Cusco", _HIGHLANDS, 1_205_527, "PE-CUS"),
    Department("09", "Huancavelica", "Huancavelica", _HIGHLANDS, 347_639, "PE-HUV"),
    Department("10", "Huánuco", "Huánuco", _HIGHLANDS, 721_047, "PE-HUC"),
    Department("11", "Ica", "Ica", _COAST, 850_765, "PE-ICA"),
    Department("12", "Junín", "Huancayo", _HIGHLANDS, 1_246_038, "PE-JUN"),
    Department("13", "La Libertad", "Trujillo", _COAST, 1_778_080, "PE-LAL"),
    Department("14", "Lambayeque", "Chiclayo", _COAST, 1_197_260, "PE-LAM"),
    Department("15", "Lima", "Lima", _COAST, 9_485_405, "PE-LIM"),
    Department("16", "Loreto", "Iquitos", _JUNGLE, 883_510, "PE-LOR"),
    Department("17", "Madre de Dios", "Puerto Maldonado", _JUNGLE, 141_070, "PE-MDD"),
    Department("18", "Moquegua", "Moquegua", _COAST, 174_863, "PE-MOQ"),
    Department("19", "Pasco", "Cerro de Pasco", _HIGHLANDS, 254_065, "PE-PAS"),
    Department("20", "Piura", "Piura", _COAST, 1_856_809, "PE-PIU"),
    Department("21", "Puno", "Puno", _HIGHLANDS, 1_172_697, "PE-PUN"),
    Department("22", "San Martín", "Moyobamba", _JUNGLE, 813_381, "PE-SAM"),
    Department("23", "Tacna", "Tacna", _COAST, 329_332, "PE-TAC"),
    Department("24", "Tumbes", "Tumbes", _COAST, 224_863, "PE-TUM"),
    Department("25", "Ucayali", "Pucallpa", _JUNGLE, 496_459, "PE-UCA"),
)
"""All 25, in ubigeo order."""

BY_UBIGEO: dict[str, Department] = {department.ubigeo: department for department in DEPARTMENTS}
