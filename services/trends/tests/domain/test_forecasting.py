"""Forecasts: weekdays and holidays are learnt, intervals nest and hold, too little data is told."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pulso_contracts.trends import Point, Series
from pulso_trends.domain.forecasting.answers import forecast, history_before
from pulso_trends.domain.forecasting.effects import effects
from pulso_trends.domain.forecasting.history import History
from pulso_trends.domain.forecasting.holidays import holidays_of
from pulso_trends.domain.forecasting.outlook import outlook

MONDAY = date(2025, 3, 3)
WEEKEND = (0.6, 0.8, 0.9, 1.0, 1.2, 1.6, 1.4)


def history(counts, *, first=MONDAY, scores=None, seed=1):
    """Days with these counts; scores are drawn around 0.2, the closer the more items a day has."""
    counts = np.asarray(counts, float)
    if scores is None:
        drawn = 0.2 + np.random.default_rng(seed).normal(0, 0.5, len(counts)) / np.sqrt(np.maximum(counts, 1))
        scores = np.clip(drawn, -1, 1)
    return History(first, counts, np.where(counts > 0, scores, np.nan))


def week_after_week(days, rate, seed=1):
    return np.random.default_rng(seed).poisson([rate * WEEKEND[day % 7] for day in range(days)])


def daily(counts, first=MONDAY):
    """The series of an answer with these counts, all neutral."""
    points = [
        Point(
            start=f"{first + timedelta(days=number)}T00:00:00-05:00",
            count=count,
            negative=0,
            neutral=count,
            positive=0,
            score=0.1 if count else None,
        )
        for number, count in enumerate(counts)
    ]
    return Series(key="all", points=points, total=points[0])


def test_the_week_is_learnt():
    found = outlook(history(week_after_week(26 * 7, 60)), 14).volume
    for number, day in enumerate(found):
        assert day.mean == pytest.approx(60 * WEEKEND[number % 7], rel=0.12)


def test_a_holiday_is_expected_to_be_what_holidays_were():
    first, days = date(2024, 11, 1), 418  # up to the day before Christmas
    counts = np.random.default_rng(3).poisson(80, days).astype(float)
    for number in range(days):
        day = first + timedelta(days=number)
        if holidays_of(day.year).get(day):
            counts[number] = np.random.default_rng(number).poisson(15)
    christmas_eve, christmas, after = outlook(history(counts, first=first), 3).volume
    assert first + timedelta(days=days + 1) == date(2025, 12, 25)
    assert christmas.mean < 30
    assert min(christmas_eve.mean, after.mean) > 70


def test_holidays_follow_easter_and_the_years_of_their_laws():
    assert holidays_of(2025)[date(2025, 4, 18)] is True
    assert date(2025, 4, 17) in holidays_of(2025)
    assert [date(year, 6, 7) in holidays_of(year) for year in (2023, 2024)] == [False, True]
    assert len(holidays_of(2026)) == 16


def test_effects_of_weekdays_sum_to_zero_over_a_week():
    assert not effects(MONDAY, 7)[:, :6].sum(axis=0).any()


def test_a_day_of_few_items_moves_the_expected_score_less_than_a_day_of_many():
    counts = np.where(np.arange(120) % 2, 4.0, 200.0)
    mood = np.cumsum(np.random.default_rng(2).normal(0, 0.02, 120))
    scores = mood + np.random.default_rng(3).normal(0, 0.5, 120) / np.sqrt(counts)
    after = {}
    for items in (1.0, 400.0):
        last_counts, last_scores = counts.copy(), scores.copy()
        last_counts[-2:], last_scores[-2:] = items, scores[-8:-2].mean() + 0.15
        after[items] = outlook(history(last_counts, scores=last_scores), 1).score[0].mean
    assert after[1.0] < after[400.0]


def test_days_without_items_are_no_score_of_zero():
    counts = np.where(np.arange(200) % 3 == 0, 5, 0)
    found = outlook(history(counts, scores=np.full(200, 0.7)), 7).score
    assert all(day.mean == pytest.approx(0.7, abs=0.02) for day in found)


def test_a_week_without_deliveries_does_not_pull_the_forecast_down():
    counts = week_after_week(26 * 7, 60)
    whole = outlook(history(counts), 7).volume
    counts[-12:-7] = 0
    for with_gap, without in zip(outlook(history(counts), 7).volume, whole, strict=True):
        assert with_gap.mean == pytest.approx(without.mean, rel=0.15)


def test_a_new_level_is_followed():
    counts = np.concatenate([week_after_week(140, 30), week_after_week(56, 120, seed=2)])
    found = outlook(history(counts), 7).volume
    assert sum(day.mean for day in found) / 7 == pytest.approx(120 * np.mean(WEEKEND), rel=0.2)


def test_intervals_hold_about_as_many_days_as_they_promise():
    inside = {"narrow": 0, "wide": 0}
    days = 0
    for seed in range(12):
        counts = week_after_week(200, 5 + 10 * seed, seed)
        for day, count in zip(outlook(history(counts[:-14]), 14).volume, counts[-14:], strict=True):
            days += 1
            inside["narrow"] += day.narrow[0] <= count <= day.narrow[1]
            inside["wide"] += day.wide[0] <= count <= day.wide[1]
    assert 0.7 < inside["narrow"] / days < 0.92
    assert inside["wide"] / days > 0.9


@settings(max_examples=25, deadline=None)
@given(
    counts=st.lists(st.integers(0, 3) | st.integers(0, 5000), min_size=60, max_size=90),
    score=st.floats(-1, 1),
    ahead=st.integers(1, 28),
)
def test_bounds_nest_around_the_mean_and_stay_on_their_scales(counts, score, ahead):
    past = history(np.array(counts) + (np.arange(len(counts)) % 2), scores=np.full(len(counts), score))
    found = outlook(past, ahead)
    assert len(found.volume) == len(found.score) == ahead
    for days, least, most in ((found.volume, 0, np.inf), (found.score, -1, 1)):
        for day in days:
            (low80, high80), (low95, high95) = day.narrow, day.wide
            assert least <= low95 <= low80 <= day.mean <= high80 <= high95 <= most
            assert np.isfinite(high95)


def test_the_same_history_gives_the_same_forecast():
    past = history(week_after_week(100, 9))
    assert outlook(past, 14) == outlook(past, 14)


def test_fewer_than_28_days_with_items_are_not_enough():
    for counts in ([0] * 100, [5] * 27, ([1] + [0] * 6) * 27):
        answer = forecast(daily(counts), 14)
        assert (answer.status, answer.volume, answer.score) == ("not_enough_data", [], [])
    assert forecast(daily([0] * 100), 14).history_start is None
    ready = forecast(daily([0] * 100 + [5] * 28), 3)
    assert (ready.status, ready.busy_days) == ("ready", 28)
    assert ready.history_start == "2025-06-11T00:00:00-05:00"
    assert [point.start[:10] for point in ready.volume] == ["2025-07-09", "2025-07-10", "2025-07-11"]


def test_the_day_that_is_not_over_is_no_history():
    period = history_before(datetime(2026, 11, 11, 3, tzinfo=UTC))  # 22:00 of the tenth in Peru
    assert period.moment(period.stop).isoformat() == "2026-11-10T00:00:00-05:00"
