"""By how much shares move by themselves from one block of days to the next."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_FIRST_GUESS: Final = 0.05
_LEAST: Final = 1e-4
_ROUNDS: Final = 3
_UNSTEADY: Final = 4.0
"""Standard deviations above the common dispersion from which on a series is one that moved before."""
_ALIKE, _UNLIKE = 0.1, 1.0
"""Least and most that true dispersions may differ, as their variation around the common one."""


def dispersion(blocks: Floats, fitted: Floats) -> tuple[Floats, Floats]:
    """Return the squared variation of each series' share from block to block beyond chance, and its doubt.

    The moment estimate of one series from a few blocks is noisy, so it is drawn towards that of all series by
    its precision; how much series differ in truth is learnt from them as well (robust empirical Bayes, as
    Smyth 2004 and Phipson et al. 2016 do for variances). A series that changed in one of its blocks moves
    much more than others: it keeps its own estimate, and the others learn nothing from it.

    Args:
        blocks: Voices counted [series, block].
        fitted: What the blocks would hold at the series' mean share [series, block].

    Returns:
        The squared variations, and the variances of these estimates [series].
    """
    degrees = blocks.shape[1] - 1
    whole = fitted.sum(axis=1, keepdims=True)
    left = 1 - divided(fitted, whole)
    excess = ((blocks - fitted) ** 2 - fitted * left).sum(axis=1)
    own = divided(excess, (fitted**2 * left).sum(axis=1))
    chance = divided(np.full(len(own), blocks.shape[1]), whole[:, 0], fallback=np.inf)
    common, steady = _FIRST_GUESS, np.ones(len(own), bool)
    for _ in range(_ROUNDS):
        precision = degrees / 2 / (chance + common) ** 2
        steady = (own - common) * np.sqrt(precision) < _UNSTEADY
        weights = precision * steady
        common = max(float((weights * own).sum() / max(weights.sum(), 1e-12)), _LEAST)
    differ = _difference((own - common)[steady], precision[steady])
    prior = 1 / np.clip(differ, (_ALIKE * common) ** 2, (_UNLIKE * common) ** 2)
    drawn = np.maximum((precision * own + prior * common) / (precision + prior), common / 2)
    doubt = np.where(steady, 1 / (precision + prior), (chance + own) ** 2 * 2 / degrees)
    return np.where(steady, drawn, own), doubt


def _difference(away: Floats, precision: Floats) -> float:
    """Return the variance of true dispersions: that of the estimates without what their noise makes."""
    beyond = (precision * away) ** 2 - precision
    return float(beyond.sum() / max(float((precision**2).sum()), 1e-12))


def divided(numerator: Floats, denominator: Floats, fallback: float = 0.0) -> Floats:
    """Return the quotient, and `fallback` where nothing is divided by."""
    quotient: Floats = np.divide(
        numerator,
        denominator,
        out=np.full(np.broadcast(numerator, denominator).shape, fallback),
        where=denominator > 0,
    )
    return quotient
