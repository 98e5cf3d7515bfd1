"""What a stretch of days should hold if shares had stayed as they were, and how far chance may move it."""

from dataclasses import dataclass, fields
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.emerging.arms import Arm
from pulso_trends.domain.emerging.dispersion import Floats, dispersion, divided

Integers = NDArray[np.int64]

PRIOR: Final = 0.5
"""Voices that every series is given in its baseline (Jeffreys' prior of a Poisson rate): 0 is never sure."""
_LEAST_DEGREES, _MOST_DEGREES = 4.0, 1e6
"""Of Student's t: below, a chance would say nothing; above, it is a normal one."""


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
        variance: Squared coefficient of variation of the true rate around `expected`: how well the baseline
            is known, and how much shares move by themselves from one block to another.
        degrees: Degrees of freedom of that variance, which is learnt from a few blocks (Satterthwaite 1946).
        total: All voices of the stretch in the series' place.
    """

    observed: Floats
    expected: Floats
    baseline: Floats
    variance: Floats
    degrees: Floats
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

    ratio = divided(recent_total, baseline_total)[voices.places]
    prior = PRIOR * divided(baseline_total, baseline_total.sum(axis=1, keepdims=True))[voices.places]
    expected = (ratio * (baseline + prior)).sum(axis=1)
    of_baseline = divided((ratio**2 * (baseline + prior)).sum(axis=1), expected**2)

    share = divided(baseline, baseline_total[voices.places])
    fitted = (share[:, :, None] * block_totals[voices.places]).sum(axis=1)
    moves, doubt = dispersion(blocks.sum(axis=1), fitted)
    of_blocks = divided((fitted**2).sum(axis=1), fitted.sum(axis=1) ** 2)
    variance = of_baseline + moves * (1 + of_blocks) * (expected > 0)
    known = baseline_total[voices.places] > 0
    return Expectation(
        (recent * known).sum(axis=1),
        expected,
        baseline.sum(axis=1),
        variance,
        np.clip(2 * divided(variance**2, doubt, fallback=np.inf), _LEAST_DEGREES, _MOST_DEGREES),
        recent_total.sum(axis=1)[voices.places],
    )


def _sum(days: Integers | Floats, stretch: slice) -> Floats:
    summed: Floats = days[..., stretch].sum(axis=-1, dtype=np.float64)
    return summed
