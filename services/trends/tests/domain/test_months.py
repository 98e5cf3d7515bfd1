"""Each moment lies in just one stretch, and a day of Peru in one as a whole."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.months import month_of
from pulso_trends.domain.retention import LEAST_DAYS
from pulso_trends.worker.watch import FARTHEST_BACK

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
DAYS = st.integers(10_957, 84_006)
"""From 2000 to 2199."""
TICK = timedelta(microseconds=1)


@given(MOMENTS)
def test_a_stretch_holds_its_moments_and_its_neighbours_begin_where_it_ends(moment):
    month = month_of(moment)
    assert month.start is None or month.start <= moment
    assert month.stop is None or moment < month.stop
    if month.start is not None:
        assert month_of(month.start) == month
        assert month_of(month.start - TICK).stop == month.start
    if month.stop is not None:
        assert month_of(month.stop).start == month.stop


@given(DAYS)
def test_a_day_of_peru_lies_in_one_stretch(day):
    assert month_of(start_of_day(day)) == month_of(start_of_day(day + 1) - TICK)


@given(MOMENTS, MOMENTS)
def test_names_sort_as_time_does(one, other):
    earlier, later = sorted((one, other))
    assert month_of(earlier).name <= month_of(later).name


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2000-01-01T00:00:00Z", "2000"),
        ("2020-01-01T04:59:59.999999Z", "2000"),
        ("2020-01-01T05:00:00Z", "2020_01"),
        ("2026-12-01T04:59:59Z", "2026_11"),
        ("2026-12-31T23:00:00-05:00", "2026_12"),
        ("2050-01-01T04:59:59Z", "2049_12"),
        ("2050-01-01T05:00:00Z", "2050"),
        ("2199-12-31T23:59:59Z", "2050"),
    ],
)
def test_months_are_those_of_peru(moment, name):
    assert month_of(datetime.fromisoformat(moment)).name == name


def test_no_day_that_trends_are_tested_on_may_be_forgotten():
    assert REACH + FARTHEST_BACK <= LEAST_DAYS
