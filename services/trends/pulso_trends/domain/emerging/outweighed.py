"""When one concept grows so much that all other shares shrink, these have not moved."""

from dataclasses import replace
from typing import Final

import numpy as np

from pulso_trends.domain.emerging.expectation import Expectation, Integers

_CLEARLY: Final = 4.0
"""Standard deviations from which on the growth of a concept is taken for real here."""


def without_the_largest(compared: Expectation, places: Integers) -> Expectation:
    """Return the comparison with what is expected measured without the voices that the largest mover brought.

    Shares sum to one: in a place where a concept with a tenth of all voices triples, every other share falls
    by a sixth, and where voices are many that is seen. Groups hold the voices of their members, so movers are
    not added up; the one that moved most voices stands for all.
    """
    spread = np.sqrt(compared.expected + compared.variance * compared.expected**2)
    away = compared.observed - compared.expected
    moved = np.where(np.abs(away) > _CLEARLY * spread, away, 0.0)
    factors = np.ones(len(moved))
    for place in np.unique(places[moved != 0]):
        here = np.flatnonzero(places == place)
        largest = here[np.abs(moved[here]).argmax()]
        others = here[here != largest]
        factors[others] = np.clip(1 - moved[largest] / max(compared.total[largest], 1.0), 0.5, 2.0)
    return replace(compared, expected=compared.expected * factors)
