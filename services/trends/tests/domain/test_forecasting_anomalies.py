"""Days outside: a planted wave is found, normal days are not, and no day is judged by later ones."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from pulso_contracts.forecast import Measure
from pulso_trends.domain.forecasting.anomalies import anomalies
from pulso_trends.domain.forecasting.answers import MAX_JUDGED_DAYS, judged_between
from pulso_trends.domain.forecasting.history import History
from pulso_trends.errors import InvalidQuery

FIRST = date(2025, 3, 3)
DAYS = 200
NOW = datetime(2026, 11, 10, 20, tzinfo=UTC)


def drawn(seed=1, rate=40.0):
    random = np.random.default_rng(seed)
    counts = random.poisson(rate * (1 + 0.4 * (np.arange(DAYS) % 7 > 4))).astype(float)
    return History(FIRST, counts, 0.2 + random.normal(0, 0.5, DAYS) / np.sqrt(np.maximum(counts, 1)))


def test_a_planted_wave_is_found_and_told():
    history = drawn(2)
    history.counts[180] = 160
    [found] = [each for each in anomalies(history, DAYS - 30, 0.99) if each.measure is Measure.VOLUME]
    assert (found.day, found.value) == (FIRST + timedelta(days=180), 160)
    assert found.low < found.expected < found.high < 160


def test_a_day_of_anger_is_found():
    history = drawn()
    history.scores[190] = -0.5
    found = [each for each in anomalies(history, DAYS - 30, 0.99) if each.measure is Measure.SCORE]
    assert [each.day for each in found] == [history.day(190)]
    assert found[0].value == -0.5


def test_one_angry_item_on_a_day_of_few_is_no_anomaly():
    history = drawn()
    history.counts[190], history.scores[190] = 1, -0.7
    found = [each for each in anomalies(history, DAYS - 30, 0.99) if each.measure is Measure.SCORE]
    assert history.day(190) not in {each.day for each in found}


def test_normal_days_are_rarely_called_unusual():
    found = [each for seed in range(4) for each in anomalies(drawn(seed, 5.0 * 6**seed), DAYS - 56, 0.99)]
    assert len(found) <= 0.02 * 2 * 4 * 56


def test_later_days_do_not_change_what_was_said_of_a_day():
    history = drawn(4)
    history.counts[160] = 150
    later = History(FIRST, history.counts.copy(), history.scores.copy())
    later.counts[165:] = 300
    upto = history.day(165)
    before = [each for each in anomalies(history, 150, 0.95) if each.day < upto]
    assert before == [each for each in anomalies(later, 150, 0.95) if each.day < upto]
    assert any(each.day == history.day(160) for each in before)


def test_a_higher_level_finds_no_more_days():
    history = drawn(5)
    low, high = (
        {(each.day, each.measure) for each in anomalies(history, 100, level)} for level in (0.8, 0.99)
    )
    assert high <= low


def test_days_with_too_short_a_past_are_not_judged():
    history = drawn()
    history.counts[20] = 1000
    assert all(each.day >= history.day(28) for each in anomalies(history, 0, 0.9))


def test_the_last_thirty_days_that_are_over_are_judged():
    judged = judged_between(None, None, now=NOW)
    moments = [judged.history.moment(number).date() for number in (judged.first, judged.history.stop)]
    assert moments == [date(2026, 10, 11), date(2026, 11, 10)]
    assert judged.history.stop - judged.history.first == 730


def test_days_to_come_are_left_out():
    today, later = NOW.replace(hour=5), NOW + timedelta(days=9)
    judged = judged_between(today, later, now=NOW)
    assert judged.first == judged.history.stop


def test_half_a_year_is_the_most_that_is_judged_at_once():
    midnight = NOW.replace(hour=5)
    judged_between(midnight - timedelta(days=MAX_JUDGED_DAYS), None, now=NOW)
    with pytest.raises(InvalidQuery):
        judged_between(midnight - timedelta(days=MAX_JUDGED_DAYS + 1), None, now=NOW)
