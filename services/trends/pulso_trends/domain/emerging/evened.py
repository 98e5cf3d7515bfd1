"""Days on which far more feedback came than usual, such as a back-fill, weigh no more than a busy day."""

from typing import Final

import numpy as np

from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.expectation import Voices

_BUSY: Final = 2.0
"""Times the usual number of voices up to which a day counts in full."""
_CHANCE: Final = 5.0
"""Standard deviations of a Poisson count that are still chance where little is said."""


def evened(voices: Voices, end: int) -> Voices:
    """Return the counts with the days before `end` that far exceed their channel's usual one scaled down.

    One day would otherwise outweigh all others of a stretch, with its weekday and its mood: shares that are
    tested would be those of that day alone. Counts and totals of a day shrink alike, so shares stay.
    """
    totals = voices.totals[:, :, max(end - REACH, 0) : end]
    usual = np.median(totals, axis=2, keepdims=True)
    most = np.maximum(_BUSY * usual, usual + _CHANCE * np.sqrt(usual) + _CHANCE)
    factors = np.minimum(1.0, most / np.maximum(totals, 1))
    if (factors == 1.0).all():
        return voices
    scale = np.ones(voices.totals.shape)
    scale[:, :, max(end - REACH, 0) : end] = factors
    return Voices(voices.counts * scale[voices.places], voices.totals * scale, voices.places)
