"""All arms together: how unlikely it is that a series has not moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.emerging.arms import A_WEEK, ARMS
from pulso_trends.domain.emerging.discoveries import q_values, weighted
from pulso_trends.domain.emerging.dispersion import Floats
from pulso_trends.domain.emerging.evened import evened
from pulso_trends.domain.emerging.expectation import Expectation, Voices, expectation
from pulso_trends.domain.emerging.outweighed import without_the_largest
from pulso_trends.domain.emerging.tails import fall, rise
from pulso_trends.domain.emerging.worth import worth

_SMALLEST: Final = 1e-300
_WORTH_A_LOOK: Final = 1.5
"""Standard deviations from what is expected; nearer counts are not unlikely in any arm."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the tests of one day found; all arrays are [series].

    Attributes:
        rising: Chance of so high a count, in the arm that speaks most clearly, if nothing changed. It pays
            for the choice of arm.
        falling: The same of so low a count.
        rising_arm: Which of `ARMS` speaks most clearly for a rise.
        falling_arm: The same for a fall.
        compared: The comparison of each arm.
        worth: What each test is worth, those for a rise first.
    """

    rising: Floats
    falling: Floats
    rising_arm: NDArray[np.intp]
    falling_arm: NDArray[np.intp]
    compared: tuple[Expectation, ...]
    worth: Floats

    @property
    def chances(self) -> Floats:
        """Those of all tests, the rises first."""
        return np.concatenate([self.rising, self.falling])

    @property
    def q_values(self) -> tuple[Floats, Floats]:
        """For a rise and a fall of each series, the least false share of a list in which it would stand."""
        rising, falling = np.split(q_values(weighted(self.chances, self.worth)), 2)
        return rising, falling


def verdicts(voices: Voices, end: int) -> Verdicts:
    """Test every series on the stretches that end before day number `end`."""
    even = evened(voices, end)
    compared = tuple(without_the_largest(expectation(even, arm, end), voices.places) for arm in ARMS)
    rises, falls = _chances(compared, up=True), _chances(compared, up=False)
    return Verdicts(
        _combined(rises),
        _combined(falls),
        rises.argmin(axis=0),
        falls.argmin(axis=0),
        compared,
        worth(compared[A_WEEK]),
    )


def _combined(chances: Floats) -> Floats:
    """Return one chance for all arms.

    It is their weighted harmonic mean, which holds however they depend on each other (Wilson 2019, PNAS).
    """
    budgets = np.array([arm.budget for arm in ARMS])[:, None]
    combined: Floats = 1 / (budgets / np.maximum(chances, _SMALLEST)).sum(axis=0)
    return combined.clip(max=1.0)


def _chances(compared: Sequence[Expectation], *, up: bool) -> Floats:
    """Return the chances of each arm [arm, series]."""
    return np.stack([_chance(each, up=up) for each in compared])


def _chance(compared: Expectation, *, up: bool) -> Floats:
    spread = np.sqrt(compared.expected + compared.variance * compared.expected**2)
    away = (compared.observed - compared.expected) * (1 if up else -1)
    looked_at = away > _WORTH_A_LOOK * spread
    chances = np.ones_like(away)
    chances[looked_at] = (rise if up else fall)(compared.of(looked_at))
    return chances
