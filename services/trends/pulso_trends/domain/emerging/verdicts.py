"""All arms together: how unlikely it is that a series has not moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.emerging.arms import ARMS
from pulso_trends.domain.emerging.expectation import Expectation, Floats, Voices, expectation
from pulso_trends.domain.emerging.tails import fall, rise

RISES: Final = 0.75
"""The part of the error that looking for rises may spend; falls get the rest."""
_WORTH_A_LOOK: Final = 1.5
"""Standard deviations from what is expected; nearer counts are not unlikely in any arm."""


@dataclass(frozen=True, slots=True)
class Verdicts:
    """What the tests of one day found; all arrays are [series].

    Attributes:
        rising: Chance of so high a count, in the arm that speaks most clearly, if nothing changed. It pays for the
            choice of arm and direction, so it is at most 1 and often is.
        falling: The same of so low a count.
        rising_arm: Which of `ARMS` speaks most clearly for a rise.
        falling_arm: The same for a fall.
        compared: The comparison of each arm.
    """

    rising: Floats
    falling: Floats
    rising_arm: NDArray[np.intp]
    falling_arm: NDArray[np.intp]
    compared: tuple[Expectation, ...]


def verdicts(voices: Voices, end: int) -> Verdicts:
    """Test every series on the stretches that end before day number `end`."""
    compared = tuple(expectation(voices, arm, end) for arm in ARMS)
    rises = _paid(compared, up=True, budget=RISES)
    falls = _paid(compared, up=False, budget=1 - RISES)
    return Verdicts(
        rises.min(axis=0).clip(max=1.0), falls.min(axis=0).clip(max=1.0), rises.argmin(axis=0), falls.argmin(axis=0), compared
    )


def _paid(compared: Sequence[Expectation], *, up: bool, budget: float) -> Floats:
    """Return the chances of each arm [arm, series], multiplied by what its part of the error costs."""
    return np.stack(
        [_chance(each, up=up) / (arm.budget * budget) for each, arm in zip(compared, ARMS, strict=True)]
    )


def _chance(compared: Expectation, *, up: bool) -> Floats:
    spread = np.sqrt(compared.expected + compared.variance * compared.expected**2)
    away = (compared.observed - compared.expected) * (1 if up else -1)
    looked_at = away > _WORTH_A_LOOK * spread
    chances = np.ones_like(away)
    chances[looked_at] = (rise if up else fall)(compared.of(looked_at))
    return chances
