"""The stretch of time that a series covers, and its points."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum

from pulso_contracts.base import LIMA
from pulso_contracts.feedback import EARLIEST
from pulso_contracts.trends import Bucket

from pulso_trends.domain.lima import HOUR, day_of_hour, hour_of, monday_of, start_of_day, start_of_hour
from pulso_trends.errors import InvalidQuery

DEFAULT_DAYS = 30
MAX_POINTS = 1_000
"""Points of one series; more than a screen can draw."""

LATEST = datetime(2200, 1, 1, tzinfo=UTC)
"""Later moments are typing errors."""

_INSTANT = timedelta(microseconds=1)


class Grain(IntEnum):
    """How finely roll-ups are kept: hours for hourly series, days for all others."""

    HOUR = 0
    DAY = 1


@dataclass(frozen=True, slots=True)
class Period:
    """From hour or day number `first` (as `grain` says) up to but not including `stop`, cut into buckets.

    The first and last bucket hold only what lies inside the period.
    """

    bucket: Bucket
    first: int
    stop: int

    @property
    def grain(self) -> Grain:
        """What `first`, `stop` and the starts count."""
        return Grain.HOUR if self.bucket is Bucket.HOUR else Grain.DAY

    def starts(self) -> list[int]:
        """The number at which each bucket begins, in order; the first may lie before `first`."""
        if self.bucket is Bucket.MONTH:
            return self._month_starts()
        step = 7 if self.bucket is Bucket.WEEK else 1
        begin = monday_of(self.first) if self.bucket is Bucket.WEEK else self.first
        return list(range(begin, self.stop, step))

    def moment(self, number: int) -> datetime:
        """When hour or day `number` begins, in Peru's time."""
        return start_of_hour(number) if self.grain is Grain.HOUR else start_of_day(number)

    def _month_starts(self) -> list[int]:
        month = start_of_day(self.first).replace(day=1)
        starts = []
        while (number := day_of_hour(hour_of(month))) < self.stop:
            starts.append(number)
            month = (month + timedelta(days=31)).replace(day=1)
        return starts


def read_moment(value: str, *, field: str, end: bool = False) -> datetime:
    """A moment from RFC 3339, or from a local time or a plain date, which are Peru's.

    Args:
        value: Such as `2026-11-01T08:00:00-05:00`, `2026-11-01T08:00` or `2026-11-01`.
        field: The parameter it came from, for the error.
        end: Whether the moment ends a range: then a plain date means the end of that day.

    Raises:
        InvalidQuery: It is none of these, or lies outside what Pulso keeps.
    """
    try:
        if len(value) == len("2026-11-01"):
            day = date.fromisoformat(value) + timedelta(days=1 if end else 0)
            moment = datetime.combine(day, time(), tzinfo=LIMA)
        else:
            moment = datetime.fromisoformat(value)
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=LIMA)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidQuery(field, "must be a date or a time such as 2026-11-01T08:00:00-05:00") from None
    if not EARLIEST <= moment <= LATEST:
        raise InvalidQuery(field, f"must lie between {EARLIEST:%Y-%m-%d} and {LATEST:%Y-%m-%d}")
    return moment


def check_order(start: datetime | None, end: datetime | None) -> None:
    """Refuses a range that holds no time.

    Raises:
        InvalidQuery: `start` is not before `end`.
    """
    if start is not None and end is not None and start >= end:
        raise InvalidQuery("from", "must be before `to`")


def period_between(start: datetime | None, end: datetime | None, bucket: Bucket, *, now: datetime) -> Period:
    """The whole hours (for hourly series) or days of Peru that hold the time from `start` to `end`.

    Args:
        start: Default: the beginning of the day that makes the period `DEFAULT_DAYS` days long.
        end: Default: `now`.
        bucket: How wide one point is.
        now: The present moment.

    Raises:
        InvalidQuery: `start` is not before `end`, or there would be more than `MAX_POINTS` points.
    """
    end = now if end is None else end
    if start is None:
        start = start_of_day(day_of_hour(hour_of(end - _INSTANT)) - DEFAULT_DAYS + 1)
    check_order(start, end)
    first, last = hour_of(start), hour_of(end - _INSTANT)
    if bucket is not Bucket.HOUR:
        first, last = day_of_hour(first), day_of_hour(last)
    period = Period(bucket, first, last + 1)
    _check_size(period)
    return period


def _check_size(period: Period) -> None:
    widest = {Bucket.HOUR: 1, Bucket.DAY: 1, Bucket.WEEK: 7, Bucket.MONTH: 31}[period.bucket]
    if (period.stop - period.first) // widest > MAX_POINTS:
        unit = HOUR if period.grain is Grain.HOUR else timedelta(days=1)
        longest = MAX_POINTS * widest * unit // timedelta(days=1)
        raise InvalidQuery(
            "bucket",
            f"is too fine for the range: at most {MAX_POINTS} points, so {longest} days by {period.bucket}",
        )
