"""Corrected shares in the points of series."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import numpy as np

from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.shares import Correction
from pulso_trends.domain.tabulating import Integers

_NAMES: Final = [sentiment.value for sentiment in SENTIMENTS]


def corrected(
    counts: Integers, correction: Correction, mixes: Sequence[Mapping[str, int]]
) -> list[dict[str, Any] | None]:
    """Return what is true behind counts, group by group; None where nothing was counted.

    Args:
        counts: By sentiment [group, bucket, sentiment].
        correction: Of the model that scored them.
        mixes: Items by channel, of each group.
    """
    found = []
    # Groups of one mix, as all are that are not channels, are one calculation.
    for mix, own in groupby(zip(mixes, counts, strict=True), key=itemgetter(0)):
        found += _corrected(np.concatenate([each for _, each in own]), correction, mix)
    return found


def _corrected(
    counts: Integers, correction: Correction, mix: Mapping[str, int]
) -> list[dict[str, Any] | None]:
    counted = counts.sum(axis=1) > 0
    shares = correction.corrected(counts[counted].astype(float), mix)
    rows: list[Any] = np.round(np.stack([shares.share, shares.low, shares.high], axis=-1), 4).tolist()
    told = iter([[{"share": share, "low": low, "high": high} for share, low, high in row] for row in rows])
    return [dict(zip(_NAMES, next(told), strict=True)) if known else None for known in counted.tolist()]
