"""What a day's place in the week and in Peru's year says about it, as columns of numbers."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.forecasting.holidays import holidays_of
from pulso_trends.domain.occasions import occasions

Floats = NDArray[np.float64]

WEEK: Final = 7
EFFECTS: Final = WEEK - 1 + 3
"""Six contrasts of weekdays; quiet holidays; other holidays; stretches such as the half-yearly bonus."""

_CONTRASTS: Final = np.vstack([np.eye(WEEK - 1), -np.ones(WEEK - 1)])
"""Monday to Sunday: effects sum to zero over a week, so the level is the mean of a week."""


def holidays(columns: Floats) -> NDArray[np.bool_]:
    """Return which days of `effects` are public holidays."""
    return np.asarray(columns[:, WEEK - 1 : WEEK + 1].any(axis=1))


def effects(first: date, days: int) -> Floats:
    """Return the columns [day, effect] for a stretch of days.

    Args:
        first: The first day, of Peru.
        days: How many days.
    """
    stretch = [first + timedelta(days=number) for number in range(days)]
    columns = np.zeros((days, EFFECTS))
    columns[:, : WEEK - 1] = _CONTRASTS[[day.weekday() for day in stretch]]
    for row, day in enumerate(stretch):
        quiet = holidays_of(day.year).get(day)
        if quiet is not None:
            columns[row, WEEK - 1 if quiet else WEEK] = 1
    columns[:, WEEK + 1] = _general(stretch)
    return columns


def _general(stretch: Sequence[date]) -> list[float]:
    """Whether a day, no holiday itself, lies in an occasion on which everything is expected to rise."""
    if not stretch:
        return []
    busy: set[date] = set()
    for each in occasions(stretch[0], stretch[-1]):
        if not each.concepts:
            busy.update(
                each.first + timedelta(days=number) for number in range((each.last - each.first).days + 1)
            )
    return [float(day in busy and day not in holidays_of(day.year)) for day in stretch]
