import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_contracts.peru import BY_UBIGEO, DEPARTMENTS, resolve_department
from pulso_contracts.peru.resolve import _GAZETTEER, LONGEST_VALUE
from pulso_contracts.peru.spelling import fold, one_slip_apart, sound

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data"


def name_of(value: str) -> str | None:
    found = resolve_department(value)
    return found.name if found else None


def test_twenty_four_departments_and_callao_with_the_people_of_the_census() -> None:
    assert [d.ubigeo for d in DEPARTMENTS] == [f"{n:02d}" for n in range(1, 26)]
    assert len({d.name for d in DEPARTMENTS}) == len({d.iso for d in DEPARTMENTS}) == 25
    assert sum(d.population for d in DEPARTMENTS) == 29_381_884


@pytest.mark.shared
def test_departments_and_provinces_agree_with_the_public_list() -> None:
    with (SHARED / "peru_departments.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            assert fold(BY_UBIGEO[row["ubigeo"]].name) == fold(row["department"])
    with (SHARED / "peru_provinces.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            folded = fold(row["province"])
            expected = BY_UBIGEO[row["ubigeo"][:2]]
            assert resolve_department(row["ubigeo"]) == expected
            assert (
                folded in _GAZETTEER.ambiguous
                or folded == "ucayali"
                or resolve_department(folded) == expected
            )


@pytest.mark.parametrize("department", DEPARTMENTS, ids=lambda d: d.ubigeo)
def test_each_department_answers_to_name_code_iso_and_capital(department) -> None:
    for value in (
        department.name,
        department.name.upper(),
        f"  {fold(department.name)} ",
        f"Departamento de {department.name}",
        f"{department.name}, Perú",
        f"{department.name} - Peru",
        department.ubigeo,
        f"{department.ubigeo}01",
        f"{department.ubigeo}0101",
        str(int(department.ubigeo)),
        department.iso,
        department.iso.lower(),
        department.capital,
    ):
        assert resolve_department(value) == department, value


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("Cuzco", "Cusco"),
        ("cusko", "Cusco"),
        ("Qosqo", "Cusco"),
        ("AREKIPA", "Arequipa"),
        ("Areqipa", "Arequipa"),
        ("Arequpia", "Arequipa"),
        ("aqp", "Arequipa"),
        ("Ancachs", "Áncash"),
        ("Anchash", "Áncash"),
        ("san  martin", "San Martín"),
        ("SanMartin", "San Martín"),
        ("Madre de Dioz", "Madre de Dios"),
        ("La Livertad", "La Libertad"),
        ("la libertaad", "La Libertad"),
        ("Lambayeqe", "Lambayeque"),
        ("Uancavelica", "Huancavelica"),
        ("Guancavelica", "Huancavelica"),
        ("Ayacuho", "Ayacucho"),
        ("Cajamraca", "Cajamarca"),
        ("Hunauco", "Huánuco"),
        ("Lima Metropolitana", "Lima"),
        ("lima-perú", "Lima"),
        ("PE-LMA", "Lima"),
        ("Miraflores", "Lima"),
        ("San Martín de Porres", "Lima"),
        ("Miraflores, Arequipa", "Arequipa"),
        ("Santiago, Ica", "Ica"),
        ("Cercado (Tacna)", "Tacna"),
        ("Los Olivos / Comas", "Lima"),
        ("Huancayo", "Junín"),
        ("Wancayo", "Junín"),
        ("Iquitos", "Loreto"),
        ("Ikitos", "Loreto"),
        ("Ucayali", "Ucayali"),
        ("Chimbote", "Áncash"),
        ("Juliaca", "Puno"),
        ("Tarapoto", "San Martín"),
        ("Pucalpa", "Ucayali"),
        ("Callao", "Callao"),
        ("Chinchero", "Cusco"),
        ("Chincheros", "Apurímac"),
        ("40101", "Arequipa"),
        ("401", "Arequipa"),
        ("1608", "Loreto"),
        ("Lima\x00", "Lima"),
        ("\N{FULLWIDTH LATIN CAPITAL LETTER L}ima", "Lima"),
    ],
)
def test_aliases_cities_codes_and_misspellings(value, expected) -> None:
    assert name_of(value) == expected


NO_PLACE = "|Perú|peru|PE|N/A|ninguno|no sé|otro|todas|costa|sierra|selva|delivery|web|-|,|' OR 1=1 --"
NO_CODE = "0|00|26|99|2601|0409|150|1599|260101|1501011|-15|1.5|1e1|\N{ARABIC-INDIC DIGIT ONE}"
AMBIGUOUS = "Castilla|San Miguel|Bellavista|La Unión|La Victoria|Lima, Arequipa|Lima y Callao|Cusco/Puno"
ABROAD = (
    "Asunción|Concepción|Santa Cruz|Bogotá|Santiago de Chile|Buenos Aires|Quito|La Paz|Madrid|Barcelona|"
    "Miami|Caracas|México|Chile|Bolivia|Ecuador|Colombia|Argentina|España|Venezuela|Medellín|Cali|"
    "Guayaquil|Limón|Santa Marta|Londres|Paris|Iquique|Arica|Manaos|Cuenca|Salta|Tarija|Oruro|Potosí|"
    "Cochabamba|Panamá|San Salvador|Managua|Tampa|Toronto|Roma|Milán|Pasto|Puna|Lina"
)
HOSTILE = ("\x00", "a" * 5000, "lima " * 1000, "<script>", "\U0001f600", "\ud800", "\u0644\u064a\u0645\u0627")


@pytest.mark.parametrize(
    "value",
    [*NO_PLACE.split("|"), *NO_CODE.split("|"), *AMBIGUOUS.split("|"), *ABROAD.split("|"), *HOSTILE],
    ids=ascii,
)
def test_what_is_unknown_foreign_or_ambiguous_is_none(value) -> None:
    assert resolve_department(value) is None


@pytest.mark.parametrize("department", [d for d in DEPARTMENTS if len(d.name) >= 5], ids=lambda d: d.ubigeo)
@given(data=st.data())
def test_a_single_slip_never_leads_to_another_department(department, data) -> None:
    name = fold(department.name)
    at = data.draw(st.integers(0, len(name) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz "))
    slips = (name[:at] + name[at + 1 :], name[:at] + letter + name[at:], name[:at] + letter + name[at + 1 :])
    for slip in slips:
        known = fold(slip) in _GAZETTEER.places or sound(slip) in _GAZETTEER._by_sound  # Pasco, Pisco
        assert known or resolve_department(slip) in (department, None), slip


@given(st.text(max_size=LONGEST_VALUE + 5))
def test_any_text_is_answered_and_the_answer_does_not_change(value) -> None:
    first = resolve_department(value)
    assert first is None or first in DEPARTMENTS
    assert resolve_department(value) == first


@pytest.mark.parametrize("slip", ["cusc", "cuscoo", "ccusco", "usco", "cucso", "cusca", "ucsco", "cusco"])
def test_one_slip_apart(slip) -> None:
    assert one_slip_apart("cusco", slip)
    assert one_slip_apart(slip, "cusco")


@pytest.mark.parametrize("other", ["", "cus", "cusccoo", "ocsuc", "cscuo", "tacna", "cuzca"])
def test_more_than_one_slip(other) -> None:
    assert not one_slip_apart("cusco", other)
    assert not one_slip_apart(other, "cusco")


def test_sounds_of_peru() -> None:
    assert sound("arekipa") == sound("arequipa")
    assert sound("chota") != sound("cota")
    assert sound("huancayo") == sound("guancayo") == sound("wancallo")
