"""The tests behind trends: what moves nothing, what does, and how alarms come and go."""

import numpy as np
import pytest
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.discoveries import chosen, q_values, risk_of_day, weighted
from pulso_trends.domain.emerging.dispersion import dispersion
from pulso_trends.domain.emerging.evened import evened
from pulso_trends.domain.emerging.expectation import Voices
from pulso_trends.domain.emerging.explained import Change, explained
from pulso_trends.domain.emerging.standing import QUIET_DAYS, Alarm, Direction, Standing
from pulso_trends.domain.emerging.verdicts import Verdicts, verdicts

SERIES, CHANNELS, DAYS = 300, 2, REACH + 10


def drawn(seed=1, rate=3.0, *, factor=1.0, last=7):
    """One place with many series of equal or given rates; ten change by `factor` in the last days."""
    draw = np.random.default_rng(seed)
    rates = np.broadcast_to(rate, SERIES)[:, None, None] * np.full((SERIES, CHANNELS, DAYS), 1 / CHANNELS)
    others = rates.sum(axis=(0, 1))
    rates[:10, :, -last:] *= factor
    counts = draw.poisson(rates)
    totals = counts.sum(axis=0, keepdims=True) + draw.poisson(others, (1, CHANNELS, DAYS))
    return Voices(counts, totals, np.zeros(SERIES, np.int64))


def test_chances_of_what_does_not_change_are_never_too_small():
    chances = np.concatenate([verdicts(drawn(seed), DAYS).rising for seed in range(10)])
    assert (chances < 0.01).mean() <= 0.012
    assert (chances < 0.001).mean() <= 0.003


def test_what_a_test_is_worth_says_nothing_of_the_chance_of_what_does_not_change():
    found = [verdicts(drawn(seed, rate=0.7), DAYS) for seed in range(20)]
    chances = np.concatenate([each.rising for each in found])
    worth = np.concatenate([each.worth[:SERIES] for each in found])
    for third in np.array_split(np.argsort(worth), 3):
        assert (chances[third] < 0.01).mean() <= 0.015


def test_where_nothing_changes_a_list_is_seldom_more_than_empty():
    unequal = np.geomspace(20.0, 0.1, SERIES)
    days = [verdicts(drawn(seed, unequal), DAYS).q_values for seed in range(20)]
    assert sum((np.concatenate(day) <= 0.05).any() for day in days) <= 3


def test_unequal_weights_keep_the_error_of_the_tests():
    draw = np.random.default_rng(3)
    worth = draw.lognormal(0, 2, 2_000)
    days = [chosen(weighted(draw.uniform(size=2_000), worth), 0.2).any() for _ in range(500)]
    assert 0.12 <= np.mean(days) <= 0.23
    assert (weighted(np.full(2_000, 1e-6), worth) < 1e-6).any()


def test_a_tripled_share_is_found():
    rising, falling = verdicts(drawn(factor=3.0), DAYS).q_values
    assert (rising[:10] <= 0.05).sum() >= 9
    assert (rising[10:] <= 0.05).sum() + (falling <= 0.05).sum() <= 2


def test_series_too_small_to_show_a_change_cost_the_others_little():
    few = verdicts(drawn(rate=np.where(np.arange(SERIES) < 30, 3.0, 0.1), factor=2.2), DAYS)
    equal = q_values(few.chances)[:SERIES]
    assert few.worth[:SERIES][30:].max() < 0.2 * few.worth[:10].min()
    assert (few.q_values[0][:10] <= 0.05).sum() > (equal[:10] <= 0.05).sum()


def test_a_vanished_share_is_found():
    found = verdicts(drawn(rate=6.0, factor=0.1), DAYS)
    assert (found.falling[:10] < 1e-4).all()


@pytest.mark.parametrize("surge", [2, 10])
def test_more_of_everything_moves_nothing(surge):
    voices = drawn()
    draw = np.random.default_rng(5)
    for day in (DAYS - 3, DAYS - 1):
        voices.counts[:, 0, day] = draw.poisson(1.5 * surge, SERIES)
        voices.totals[:, 0, day] *= surge
    assert (verdicts(voices, DAYS).rising < 1e-4).sum() == 0


def test_a_flood_in_one_channel_weighs_no_more_than_a_busy_day():
    voices = drawn()
    voices.counts[:, 0, -1] *= 10
    voices.totals[:, 0, -1] *= 10
    even = evened(voices, DAYS)
    usual = np.median(voices.totals[0, 0, -REACH:])
    assert even.totals[0, 0, -1] == pytest.approx(2 * usual)
    assert even.counts[:, 0, -1].sum() / even.totals[0, 0, -1] == pytest.approx(
        voices.counts[:, 0, -1].sum() / voices.totals[0, 0, -1]
    )
    assert (even.counts[:, 1] == voices.counts[:, 1]).all()


def test_shares_that_only_make_room_for_a_giant_have_not_moved():
    draw = np.random.default_rng(4)
    rates = np.full((20, 1, DAYS), 500.0)
    rates[0, :, -5:] *= 3
    counts = draw.poisson(rates)
    found = verdicts(Voices(counts, counts.sum(axis=0, keepdims=True), np.zeros(20, np.int64)), DAYS)
    assert found.rising[0] < 1e-12
    assert (found.falling[1:] > 1e-4).all()


def test_dispersion_is_learnt_from_the_blocks():
    draw = np.random.default_rng(2)
    mean = np.full((400, 12), 40.0)
    calm, _ = dispersion(draw.poisson(mean).astype(float), mean)
    moved, _ = dispersion(draw.poisson(mean * draw.gamma(10, 0.1, mean.shape)).astype(float), mean)
    assert np.median(calm) < 0.01
    assert np.median(moved) == pytest.approx(0.1, rel=0.3)


def test_an_empty_history_has_no_verdict():
    nothing = np.zeros((2, CHANNELS, DAYS), np.int64)
    found = verdicts(Voices(nothing, nothing[:1], np.zeros(2, np.int64)), DAYS)
    assert (found.rising == 1).all()
    assert (found.falling == 1).all()


def test_benjamini_and_hochberg():
    chances = np.array([0.001, 0.012, 0.014, 0.04, 0.9])
    assert chosen(chances, 0.05).tolist() == [True, True, True, True, False]
    assert (q_values(chances) <= 0.05).tolist() == chosen(chances, 0.05).tolist()
    assert not chosen(np.array([]), 0.05).size


def test_a_day_risks_more_after_alarms_than_in_a_quiet_month():
    assert risk_of_day(0) < 0.003 < risk_of_day(30) < 0.05


KEYS = [("a", "x"), ("b", "x")]


def seen(rising, falling=(1.0, 1.0)):
    return Verdicts(np.array(rising), np.array(falling), np.zeros(2, int), np.zeros(2, int), (), np.ones(4))


def test_an_alarm_is_raised_once_and_ends_after_quiet_days():
    standing, alarm = Standing(), Alarm(("a", "x"), Direction.UP)
    assert standing.next_day(KEYS, seen([1e-9, 1.0])) == ({alarm}, set())
    assert standing.next_day(KEYS, seen([1e-9, 1.0])) == (set(), set())
    for _ in range(QUIET_DAYS - 1):
        assert standing.next_day(KEYS, seen([1.0, 1.0])) == (set(), set())
    assert standing.next_day(KEYS, seen([1.0, 1.0])) == (set(), {alarm})
    assert standing.next_day(KEYS, seen([1e-9, 1.0])) == ({alarm}, set())


def test_an_alarm_of_a_series_that_is_not_tested_any_more_ends():
    standing = Standing()
    standing.next_day(KEYS, seen([1e-9, 1.0]))
    ended = set()
    for _ in range(QUIET_DAYS):
        nothing = Verdicts(*(np.zeros(0),) * 2, *(np.zeros(0, int),) * 2, (), np.zeros(0))
        ended |= standing.next_day([], nothing)[1]
    assert ended == {Alarm(("a", "x"), Direction.UP)}


def test_a_group_that_rises_by_more_than_one_member_is_not_explained():
    groups = {"dish": ("group",), "group": ()}
    up = Change(0, up=True)
    changed = {("dish", "Lima"): up, ("group", "Lima"): up}
    by_it = {("dish", "Lima"): [(40.0, 10.0)], ("group", "Lima"): [(60.0, 32.0)]}
    assert explained(changed, groups, by_it) == {("group", "Lima"): ("dish", "Lima")}
    by_more = by_it | {("group", "Lima"): [(90.0, 32.0)]}
    assert explained(changed, groups, by_more) == {}
    against = {("dish", "Lima"): Change(0, up=False), ("group", "Lima"): up}
    assert explained(against, groups, by_it) == {}
