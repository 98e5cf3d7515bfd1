"""The days that a brief covers, and the days before them that it compares with."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

DEFAULT_DAYS: Final = 30


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of Peru, both ends included."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def preceding(self) -> "Period":
        """As many days, right before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))


def period_of(first: date | None, last: date | None, *, today: date) -> Period:
    """The days asked for; without an end until today, without a beginning 30 days in all."""
    end = last if last is not None else max(today, first or today)
    return Period(first if first is not None else end - timedelta(days=DEFAULT_DAYS - 1), end)
