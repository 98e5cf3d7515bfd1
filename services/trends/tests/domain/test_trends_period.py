"""Periods: Peru's days, whole buckets, bounded size."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_contracts.base import LIMA
from pulso_contracts.feedback import EARLIEST
from pulso_contracts.trends import Bucket
from pulso_trends.domain.lima import day_of_hour, hour_of, hours_of_day, start_of_day
from pulso_trends.domain.period import MAX_POINTS, period_between, read_moment
from pulso_trends.errors import InvalidQuery

NOW = datetime(2026, 11, 21, 3, 30, tzinfo=UTC)  # still the 20th in Peru
MOMENTS = st.integers(1, 72_000).map(lambda days: EARLIEST + timedelta(days=days)) | st.datetimes(
    timezones=st.just(UTC)
).filter(lambda moment: 2000 < moment.year < 2199)


@given(MOMENTS)
def test_a_day_is_the_date_that_a_clock_in_peru_shows(moment):
    day = day_of_hour(hour_of(moment))
    assert start_of_day(day).date() == moment.astimezone(LIMA).date()
    assert start_of_day(day) <= moment < start_of_day(day + 1)
    assert hour_of(moment) in hours_of_day(day)


@given(MOMENTS, st.timedeltas(timedelta(microseconds=1), timedelta(days=2000)), st.sampled_from(Bucket))
def test_points_cover_the_range_in_order_without_gaps(start, length, bucket):
    widest = {Bucket.HOUR: 1 / 24, Bucket.DAY: 1, Bucket.WEEK: 7, Bucket.MONTH: 31}[bucket]
    if length > timedelta(days=(MAX_POINTS + 1) * widest):
        with pytest.raises(InvalidQuery, match="bucket"):
            period_between(start, start + length, bucket, now=NOW)
        return
    length = min(length, timedelta(days=(MAX_POINTS - 1) * widest))
    period = period_between(start, start + length, bucket, now=NOW)
    starts = period.starts()
    assert starts == sorted(set(starts))
    assert starts[0] <= period.first < period.stop
    assert len(starts) <= MAX_POINTS + 1
    assert period.moment(period.first) <= start
    assert period.moment(period.stop) >= start + length
    if bucket is Bucket.WEEK:
        assert {period.moment(number).weekday() for number in starts} == {0}
    if bucket is Bucket.MONTH:
        assert {period.moment(number).day for number in starts} == {1}


def test_by_default_the_last_thirty_days_with_today():
    period = period_between(None, None, Bucket.DAY, now=NOW)
    assert period.moment(period.first).isoformat() == "2026-10-22T00:00:00-05:00"
    assert period.moment(period.stop).isoformat() == "2026-11-21T00:00:00-05:00"
    assert len(period.starts()) == 30


def test_an_end_at_midnight_leaves_the_day_that_begins_there_out():
    end = datetime(2026, 11, 20, 5, tzinfo=UTC)
    period = period_between(end - timedelta(days=1), end, Bucket.DAY, now=NOW)
    assert len(period.starts()) == 1


@pytest.mark.parametrize(
    ("value", "end", "moment"),
    [
        ("2026-11-01", False, "2026-11-01T05:00:00+00:00"),
        ("2026-11-01", True, "2026-11-02T05:00:00+00:00"),
        ("2026-11-01T08:00", False, "2026-11-01T13:00:00+00:00"),
        ("2026-11-01T08:00:00Z", True, "2026-11-01T08:00:00+00:00"),
        ("2026-11-01T08:00:00-03:00", False, "2026-11-01T11:00:00+00:00"),
    ],
)
def test_moments_without_an_offset_are_perus(value, end, moment):
    assert read_moment(value, field="from", end=end).isoformat() == moment


@pytest.mark.parametrize(
    ("start", "end"),
    [("2026-11-02", "2026-11-01"), ("2026-11-01T08:00", "2026-11-01T08:00"), ("2027-01-01", None)],
)
def test_a_range_that_holds_no_time_is_refused(start, end):
    begin = read_moment(start, field="from")
    stop = None if end is None else read_moment(end, field="to", end=True)
    with pytest.raises(InvalidQuery, match="from"):
        period_between(begin, stop, Bucket.DAY, now=NOW)
