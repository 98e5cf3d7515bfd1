"""What a stretch of days should hold if shares had stayed as they were, and how far chance may move it."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.emerging.arms import Arm

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

_PRIOR: Final = 0.5
"""Voices that every series is given in its baseline (Jeffreys' prior of a Poisson rate): 0 is never sure."""
_DIFFERENCE: Final = 0.5
"""How much series differ in this beforehand, as the variation of their dispersions around the common one."""
_FIRST_GUESS: Final = 0.05
_ROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class Voices:
    """What was counted, day by day.

    Attributes:
        counts: Voices [series, channel, day] that speak of the series' concept in its place.
        totals: All voices [place, channel, day].
        places: The place of each series [series].
    """

    counts: Integers | Floats
    totals: Integers | Floats
    places: Integers


@dataclass(frozen=True, slots=True)
class Expectation:
    """One arm's comparison for each series; all arrays are [series].

    Attributes:
        observed: Voices of the stretch, of channels that have a baseline.
        expected: What the stretch would hold at the baseline's shares within each channel.
        baseline: Voices of all blocks together.
        variance: Squared coefficient of variation of the true rate around `expected`: how well the
        baseline is
            known, and how much shares move by themselves from one block to another.
        total: All voices of the stretch in the series' place.
    """

    observed: Floats
    expected: Floats
    baseline: Floats
    variance: Floats
    total: Floats

    def of(self, series: NDArray[np.bool_]) -> "Expectation":
        """Return the comparison of some series."""
        return Expectation(*(getattr(self, field.name)[series] for field in fields(self)))


def expectation(voices: Voices, arm: Arm, end: int) -> Expectation:
    """Compare the stretch that ends before day number `end` with the arm's blocks.

    Shares are those of a concept among all voices of the same place and channel (direct standardisation), so
    more feedback, or more of it through one channel, moves nothing by itself.
    """
    own, earlier = arm.slices(end)
    recent, recent_total = _sum(voices.counts, own), _sum(voices.totals, own)
    blocks = np.stack([_sum(voices.counts, block) for block in earlier], axis=-1)
    block_totals = np.stack([_sum(voices.totals, block) for block in earlier], axis=-1)
    baseline, baseline_total = blocks.sum(axis=-1), block_totals.sum(axis=-1)

    ratio = _divided(recent_total, baseline_total)[voices.places]
    prior = _PRIOR * _divided(baseline_total, baseline_total.sum(axis=1, keepdims=True))[voices.places]
    expected = (ratio * (baseline + prior)).sum(axis=1)
    of_baseline = _divided((ratio**2 * (baseline + prior)).sum(axis=1), expected**2)

    share = _divided(baseline, baseline_total[voices.places])
    fitted = (share[:, :, None] * block_totals[voices.places]).sum(axis=1)
    moves = dispersion(blocks.sum(axis=1), fitted)
    known = baseline_total[voices.places] > 0
    return Expectation(
        (recent * known).sum(axis=1),
        expected,
        baseline.sum(axis=1),
        of_baseline + moves * (expected > 0),
        recent_total.sum(axis=1)[voices.places],
    )


def dispersion(blocks: Floats, fitted: Floats) -> Floats:
    """Return by how much each series' share moves from block to block beyond chance, as squared variation.

    The moment estimate of one series from a few blocks is noisy, so it is drawn towards that of all series by
    its precision (empirical Bayes).

    Args:
        blocks: Voices counted [series, block].
        fitted: What the blocks would hold at the series' mean share [series, block].
    """
    degrees = blocks.shape[1] - 1
    whole = fitted.sum(axis=1, keepdims=True)
    left = 1 - _divided(fitted, whole)
    excess = ((blocks - fitted) ** 2 - fitted * left).sum(axis=1)
    weight = (fitted**2 * left).sum(axis=1)
    own = _divided(excess, weight)
    mean = whole[:, 0] / blocks.shape[1]
    common = _FIRST_GUESS
    for _ in range(_ROUNDS):
        precision = degrees / 2 / (_divided(np.ones_like(mean), mean, fallback=np.inf) + common) ** 2
        common = max(float((precision * own).sum() / max(precision.sum(), 1e-12)), 1e-4)
    prior = (_DIFFERENCE * common) ** -2
    drawn: Floats = (precision * own + prior * common) / (precision + prior)
    return np.maximum(drawn, common / 2)


def _sum(days: Integers | Floats, stretch: slice) -> Floats:
    summed: Floats = days[..., stretch].sum(axis=-1, dtype=np.float64)
    return summed


def _divided(numerator: Floats, denominator: Floats, fallback: float = 0.0) -> Floats:
    quotient: Floats = np.divide(
        numerator,
        denominator,
        out=np.full(np.broadcast(numerator, denominator).shape, fallback),
        where=denominator > 0,
    )
    return quotient
