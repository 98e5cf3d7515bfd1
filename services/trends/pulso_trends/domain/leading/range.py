"""The whole weeks of Peru that a question is about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from pulso_contracts.trends import Bucket

from pulso_trends.domain.leading.link import MOST_LAG
from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.domain.period import Period
from pulso_trends.errors import InvalidQuery

MOST_WEEKS: Final = 260
"""Weeks of one answer: five years."""
WEEK: Final = 7
_INSTANT: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Weeks:
    """From the Monday with day number `first` up to but not including the Monday `stop`."""

    first: int
    stop: int

    def starts(self) -> range:
        """The day numbers of their Mondays."""
        return range(self.first, self.stop, WEEK)

    def talk(self) -> Period:
        """The weeks of which talk is read: these, and the `MOST_LAG` before, which may lead the first one."""
        return Period(Bucket.WEEK, self.first - MOST_LAG * WEEK, self.stop)


def whole_weeks(start: datetime | None, end: datetime | None, *, now: datetime) -> Weeks:
    """The last `MOST_WEEKS` weeks that lie wholly between `start` and `end` and are past.

    Raises:
        InvalidQuery: No whole week does.
    """
    stop = _monday_before(day_of_hour(hour_of(now if end is None else min(end, now))))
    first = stop - MOST_WEEKS * WEEK
    if start is not None:
        first_day = day_of_hour(hour_of(start - _INSTANT)) + 1
        first = max(first, _monday_before(first_day + WEEK - 1))
    if first >= stop:
        raise InvalidQuery("from", "leaves no whole week of Peru, Monday to Sunday, that is past")
    return Weeks(first, stop)


def _monday_before(day: int) -> int:
    """The Monday on or before a day; day 0, 1970-01-01, was a Thursday."""
    return day - (day + 3) % WEEK
