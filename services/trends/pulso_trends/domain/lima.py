"""Hours and days as numbers: cheap to group by, the same in every database.

Hours count from 1970-01-01T00:00Z. Days are Peru's: they begin at 05:00 UTC, so 24 whole hours make a day.
"""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pulso_contracts.base import LIMA

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
Number = TypeVar("Number", int, Any)
MIDNIGHT_UTC_HOUR = 5
"""The hour, in UTC, at which a day begins in Peru."""


def hour_of(moment: datetime) -> int:
    """The number of the hour that holds `moment`; negative before 1970."""
    return (moment - EPOCH) // HOUR


def day_of_hour(hour: int) -> int:
    """The number of Peru's day that holds `hour`."""
    return (hour - MIDNIGHT_UTC_HOUR) // 24


def hours_of_day(day: int) -> range:
    """The 24 hours of `day`."""
    first = day * 24 + MIDNIGHT_UTC_HOUR
    return range(first, first + 24)


def monday_of(day: Number) -> Number:
    """The number of the Monday of the week that holds `day`, a number or a database's column of them.

    Day 0, 1970-01-01, was a Thursday.
    """
    return day - (day + 3) % 7


def start_of_hour(hour: int) -> datetime:
    """When `hour` begins, in Peru's time."""
    return (EPOCH + hour * HOUR).astimezone(LIMA)


def start_of_day(day: int) -> datetime:
    """Midnight of `day`, in Peru's time."""
    return start_of_hour(hours_of_day(day).start)
