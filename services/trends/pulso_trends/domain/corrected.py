"""Corrected shares in the points of series."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import numpy as np

from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.shares import Correction

_NAMES: Final = [sentiment.value for sentiment in SENTIMENTS]

Fields = dict[str, Any]
"""Of a point, or of a series with its points."""


def correct(
    series: Sequence[Fields], correction: Correction, channels: Mapping[str, int], *, by_channel: bool
) -> None:
    """Put into the points of `series` what is true behind their counts.

    Args:
        series: Of items, not of opinions.
        correction: Of the model that scored them.
        channels: Items by channel, of all series; a product shares the mix of its departments.
        by_channel: Whether each series is one channel, told by its key.
    """
    if not by_channel:
        _correct([each for several in series for each in _points(several)], correction, channels)
        return
    for several in series:
        key = several["key"]
        _correct(_points(several), correction, {key: 1} if key else channels)


def _points(series: Fields) -> list[Fields]:
    return [*series["points"], series["total"]]


def _correct(points: Sequence[Fields], correction: Correction, mix: Mapping[str, float]) -> None:
    """Correct the points that were counted: one calculation for all of them."""
    counted = [each for each in points if each["count"]]
    counts = np.array([[each[name] for name in _NAMES] for each in counted], float)
    shares = correction.corrected(counts.reshape(-1, len(_NAMES)), mix)
    rows = np.round(np.stack([shares.share, shares.low, shares.high], axis=-1), 4).tolist()
    for point, row in zip(counted, rows, strict=True):
        told = [{"share": share, "low": low, "high": high} for share, low, high in row]
        point["corrected"] = dict(zip(_NAMES, told, strict=True))
