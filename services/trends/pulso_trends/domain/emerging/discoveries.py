"""Which series raise an alarm on a day, so that of a hundred alarms at most five are chance."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.emerging.dispersion import Floats

FALSE_SHARE: Final = 0.05
"""The share of chance among all alarms that is aimed at."""
MEMORY_DAYS: Final = 28
"""Days over which the share is kept: alarms of the days before earn what a day may risk."""
_SPENT: Final = 0.9
"""The rest of the error is kept for rates whose tails are heavier than a log-normal one's."""

Chosen = NDArray[np.bool_]


def risk_of_day(alarms_before: int) -> float:
    """Return the level at which a day's alarms are chosen, from the alarms of the `MEMORY_DAYS` before it.

    A day on which nothing happens raises a false alarm with this chance, and of a day's true alarms this
    share may be joined by false ones. Both together stay at `FALSE_SHARE` of the alarms of the memory, of
    which there is counted one more than there was, as in the procedures for endless streams of tests that
    forget (Ramdas et al. 2017, NeurIPS: decaying-memory FDR). In a quiet month a day risks 0.17 %.
    """
    earned = alarms_before + 1
    return FALSE_SHARE * earned / (MEMORY_DAYS + earned)


def weighted(chances: Floats, worth: Floats) -> Floats:
    """Return what to choose from: each chance by its test's weight (Genovese et al. 2006, Biometrika).

    Weights that average 1 keep the share of chance; these average `_SPENT`.

    Args:
        chances: Of the tests.
        worth: What each of them is worth, on any scale; above 0.
    """
    return (chances / (_SPENT * worth / worth.mean())).clip(max=1.0) if chances.size else chances


def chosen(chances: Floats, level: float) -> Chosen:
    """Return which of `chances` [tests] are rejected by the rule of Benjamini and Hochberg (1995)."""
    if not chances.size:
        return np.zeros(0, bool)
    ranked = np.sort(chances)
    passing = np.flatnonzero(ranked <= level * np.arange(1, len(ranked) + 1) / len(ranked))
    return chances <= ranked[passing[-1]] if passing.size else np.zeros(len(chances), bool)


def q_values(chances: Floats) -> Floats:
    """Return for each test the least level at which it would be chosen together with the others."""
    order = np.argsort(chances)
    steps = chances[order] * len(chances) / np.arange(1, len(chances) + 1)
    values = np.empty_like(chances)
    values[order] = np.minimum.accumulate(steps[::-1])[::-1].clip(max=1.0)
    return values
