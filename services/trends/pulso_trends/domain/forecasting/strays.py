"""Days that say nothing about the days to come: a wave of one day, an import that was forgotten."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.forecasting.effects import WEEK, Floats

_WEEKS: Final = 4
_FAR: Final = 5.0
"""Standard deviations from the same weekdays before; a normal day lies so far out once in two million."""
_STRAYS_IN_A_ROW: Final = 2
"""From the third such day on it is the level that has changed."""
_BUSY: Final = 10.0
"""Items a day from which on a day without any means that none were delivered, not that none were written."""
_SILENT_IN_A_ROW: Final = 7


def usual(values: Floats) -> Floats:
    """Return for each day the median of that weekday in the four weeks before; NaN where there is none."""
    lagged = np.full((_WEEKS, len(values)), np.nan)
    for week in range(_WEEKS):
        lag = WEEK * (week + 1)
        lagged[week, lag:] = values[: max(len(values) - lag, 0)]
    known = np.isfinite(lagged).sum(axis=0)
    ordered = np.sort(lagged, axis=0)  # NaN last
    low, high = np.maximum(known - 1, 0) // 2, known // 2
    columns = np.arange(len(values))
    middle = (ordered[low, columns] + ordered[np.minimum(high, np.maximum(known - 1, 0)), columns]) / 2
    return np.where(known > 0, middle, np.nan)


def strays(values: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which days are too far from the days before them to be learnt from.

    Only days before a day decide about it. Deviations are measured by their median so far, which strays do
    not move.

    Args:
        values: Of each day, on a scale on which days vary alike; NaN where there is none.
        known: Days whose being far has a reason that the model knows, such as a holiday: those teach it.
    """
    away = np.abs(values - usual(values))
    far = np.zeros(len(values), bool)
    seen: list[float] = []
    row = 0
    for day, distance in enumerate(away):
        row = row + 1 if far[day - 1] else 0
        if np.isnan(distance) or known[day]:
            continue
        if len(seen) >= 2 * WEEK and row < _STRAYS_IN_A_ROW:
            far[day] = distance > _FAR * 1.4826 * float(np.median(seen[-26 * WEEK :])) + 1e-9
        seen.append(float(distance))
    return far


def silences(counts: Floats) -> NDArray[np.bool_]:
    """Return which days without items lie in the first week of a silence between busy days."""
    before = usual(counts)
    silent = np.zeros(len(counts), bool)
    row = 0
    for day in np.flatnonzero(counts == 0):
        row = row + 1 if day and silent[day - 1] else 0
        silent[day] = before[day] >= _BUSY and row < _SILENT_IN_A_ROW
    return silent
