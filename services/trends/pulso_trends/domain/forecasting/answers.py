"""From daily series to the answers of the forecast's endpoints."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from pulso_contracts.base import LIMA
from pulso_contracts.forecast import (
    AnomaliesAnswer,
    AnomalyPoint,
    ForecastPoint,
    ForecastStatus,
    KnownOccasion,
    SeriesForecast,
)
from pulso_contracts.trends import Bucket, Series

from pulso_trends.domain.forecasting.anomalies import Anomaly, anomalies
from pulso_trends.domain.forecasting.history import MAX_HISTORY_DAYS, History
from pulso_trends.domain.forecasting.outlook import Expected, outlook
from pulso_trends.domain.lima import day_of_hour, hour_of, start_of_day
from pulso_trends.domain.occasions import occasions
from pulso_trends.domain.period import Period, period_between
from pulso_trends.errors import InvalidQuery

MAX_JUDGED_DAYS: Final = 184
"""Days that one question about anomalies may ask for: half a year."""
_DIGITS: Final = 4


@dataclass(frozen=True, slots=True)
class Judged:
    """Which days to read, and from which on to judge them; neither holds the day that is not over."""

    history: Period
    first: int

    @property
    def start(self) -> int:
        """The index of the first judged day among those read."""
        return self.first - self.history.first


def history_before(now: datetime) -> Period:
    """Return the days to learn from: today is not over, so it is none of them."""
    today = day_of_hour(hour_of(now))
    return Period(Bucket.DAY, today - MAX_HISTORY_DAYS, today)


def judged_between(start: datetime | None, end: datetime | None, *, now: datetime) -> Judged:
    """Return the days to judge, and those before them to learn from.

    Args:
        start: Default: 30 days before the end.
        end: Default: the midnight that began today.
        now: The present moment; days that are not over are left out.

    Raises:
        InvalidQuery: `start` is not before `end`, or there are more than `MAX_JUDGED_DAYS`.
    """
    today = day_of_hour(hour_of(now))
    asked = period_between(start, end, Bucket.DAY, now=start_of_day(today) if start is None else now)
    stop = min(asked.stop, today)
    first = min(asked.first, stop)
    if stop - first > MAX_JUDGED_DAYS:
        raise InvalidQuery("from", f"at most {MAX_JUDGED_DAYS} days can be judged at once")
    return Judged(Period(Bucket.DAY, stop - MAX_HISTORY_DAYS, stop), first)


def forecast(series: Series, days: int) -> SeriesForecast:
    """Return what the days after a daily series should bring; nothing where it is too short to tell.

    Args:
        series: Every day of the history.
        days: How many days to foretell.
    """
    history = History.of(series)
    found = outlook(history, days) if history.enough else None
    starts = [_midnight(history.day(len(history.counts) + number)) for number in range(days)]
    return SeriesForecast(
        key=series.key,
        status=ForecastStatus.NOT_ENOUGH_DATA if found is None else ForecastStatus.READY,
        history_start=_midnight(history.first) if history.busy_days else None,
        busy_days=history.busy_days,
        volume=[] if found is None else [_point(*each) for each in zip(starts, found.volume, strict=True)],
        score=[] if found is None else [_point(*each) for each in zip(starts, found.score, strict=True)],
    )


def unusual(series: Series, judged: Judged, level: float) -> AnomaliesAnswer:
    """Return the judged days of a daily series that lie outside their intervals.

    Args:
        series: Every day of `judged.history`.
        judged: Which of them to judge.
        level: The share of days that an interval shall hold.
    """
    history = History.of(series)
    skipped = len(series.points) - len(history.counts)
    start = max(judged.start - skipped, 0)
    checked = len(history.counts) - max(start, history.enough_from)
    period = judged.history
    return AnomaliesAnswer(
        start=period.moment(judged.first).isoformat(),
        end=period.moment(period.stop).isoformat(),
        level=level,
        status=ForecastStatus.READY if checked > 0 else ForecastStatus.NOT_ENOUGH_DATA,
        checked_days=max(checked, 0),
        anomalies=[_anomaly(each) for each in anomalies(history, start, level)],
    )


def _point(start: str, expected: Expected) -> ForecastPoint:
    (low80, high80), (low95, high95) = expected.narrow, expected.wide
    numbers = {"mean": expected.mean, "low80": low80, "high80": high80, "low95": low95, "high95": high95}
    return ForecastPoint(start=start, **{name: round(value, _DIGITS) for name, value in numbers.items()})


def _anomaly(found: Anomaly) -> AnomalyPoint:
    numbers = {"value": found.value, "expected": found.expected, "low": found.low, "high": found.high}
    return AnomalyPoint(
        start=_midnight(found.day),
        measure=found.measure,
        occasions=[
            KnownOccasion(id=each.id, es=each.es, en=each.en) for each in occasions(found.day, found.day)
        ],
        **{name: round(value, _DIGITS) for name, value in numbers.items()},
    )


def _midnight(day: date) -> str:
    return datetime(day.year, day.month, day.day, tzinfo=LIMA).isoformat()
