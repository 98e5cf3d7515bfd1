"""The days behind a forecast: how many items each brought, and how they sounded."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Self

import numpy as np
from pulso_contracts.trends import Series

from pulso_trends.domain.forecasting.effects import Floats

ENOUGH_DAYS: Final = 28
"""Days with items below which nothing is foretold: four of each weekday."""
MAX_HISTORY_DAYS: Final = 730
"""Days that are read; older ones say little about the next weeks."""


@dataclass(frozen=True, slots=True)
class History:
    """Whole days of Peru, one after another without a gap.

    Attributes:
        first: The first of them.
        counts: Items of each day.
        scores: Mean score of each day, -1 to 1; not a number on days without items.
    """

    first: date
    counts: Floats
    scores: Floats

    @classmethod
    def of(cls, series: Series) -> Self:
        """Return the history that daily points tell, from the first day that brought something."""
        points = series.points
        begin = next((number for number, point in enumerate(points) if point.count), len(points))
        known = points[begin:]
        return cls(
            first=date.fromisoformat((known or points)[0].start[:10]),
            counts=np.array([point.count for point in known], float),
            scores=np.array([np.nan if point.score is None else point.score for point in known], float),
        )

    @property
    def busy_days(self) -> int:
        """Days that brought items."""
        return int(np.count_nonzero(self.counts))

    @property
    def enough(self) -> bool:
        """Whether a forecast can be made."""
        return self.busy_days >= ENOUGH_DAYS

    @property
    def enough_from(self) -> int:
        """The number of the first day that has enough days before it; past the end where none has."""
        busy = np.flatnonzero(self.counts)
        return int(busy[ENOUGH_DAYS - 1]) + 1 if len(busy) >= ENOUGH_DAYS else len(self.counts)

    def until(self, days: int) -> Self:
        """Return the first `days` days only."""
        return type(self)(self.first, self.counts[:days], self.scores[:days])

    def day(self, number: int) -> date:
        """Return the day with that number; those from the length of the history on are still to come."""
        return self.first + timedelta(days=number)
