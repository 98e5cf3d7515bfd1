"""The places for which shares are tested: departments, the natural regions they form, the country."""

from typing import Final

from pulso_contracts.peru import DEPARTMENTS, MacroRegion

COUNTRY: Final = "Perú"
DEPARTMENT_NAMES: Final = (*(department.name for department in DEPARTMENTS), "")
"""All departments, and '' for items that name none: these count for the country only."""
REGIONS: Final = tuple(MacroRegion)
PLACES: Final = (*(name for name in DEPARTMENT_NAMES if name), *(region.value for region in REGIONS), COUNTRY)
"""The places in the order of `parts`."""


def _parts() -> tuple[tuple[int, ...], ...]:
    own = [(number,) for number, name in enumerate(DEPARTMENT_NAMES) if name]
    wider = [
        tuple(n for n, department in enumerate(DEPARTMENTS) if department.macro_region is region)
        for region in REGIONS
    ]
    return (*own, *wider, tuple(range(len(DEPARTMENT_NAMES))))


PARTS: Final = _parts()
"""For each of `PLACES` the numbers of the `DEPARTMENT_NAMES` that it is made of."""
WIDER: Final = {
    place: tuple(PLACES[part] for part in parts if part < len(DEPARTMENTS))
    for place, parts in zip(PLACES, PARTS, strict=True)
    if len(parts) > 1
}
"""The departments of each place that has several."""
