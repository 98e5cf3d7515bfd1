"""Talk that leads sales is found with its lag; what only looks alike is not."""

import numpy as np
import pytest
from pulso_trends.domain.leading.link import LEAST_WEEKS, MOST_LAG, evidence


def wandering(generator, weeks, memory):
    """A series that keeps `memory` of itself from week to week; 1 is a random walk."""
    series = np.zeros(weeks)
    for week in range(1, weeks):
        series[week] = memory * series[week - 1] + generator.standard_normal()
    return series


def sold(logs):
    return np.log1p(np.round(np.exp(6 + logs[MOST_LAG:])))


def said(generator, logs):
    """Items and mean score; the score is of no account."""
    items = generator.poisson(np.exp(3 + np.clip(logs, -3, 4)))
    return np.stack((np.log1p(items), generator.normal(0.2, 0.1, len(logs))))


@pytest.mark.parametrize("seed", range(6))
def test_talk_that_leads_by_two_weeks_is_found_with_its_lag(seed):
    generator = np.random.default_rng(seed)
    talk = 0.6 * wandering(generator, 120, 0.4)
    sales = 0.1 * wandering(generator, 120, 0.5)
    sales[2:] += 0.3 * talk[:-2]
    found = evidence(sold(sales), said(generator, talk))
    assert found.is_link()
    assert (found.lag, found.measure) == (2, 0)
    assert found.slope > 0
    assert 0.2 < found.gain < 1
    assert (found.weeks, found.held_out) == (110, 36)


def test_a_score_that_leads_down_is_told_as_score_and_as_less():
    generator = np.random.default_rng(1)
    talk = said(generator, np.zeros(120))
    sales = 0.1 * generator.standard_normal(120)
    sales[4:] -= 2 * (talk[1, :-4] - 0.2)
    found = evidence(sold(sales), talk)
    assert found.is_link()
    assert (found.lag, found.measure) == (4, 1)
    assert found.slope < 0


def test_sales_that_move_with_talk_of_the_same_week_have_no_lead():
    generator = np.random.default_rng(2)
    talk = 0.6 * wandering(generator, 100, 0.0)
    found = evidence(sold(0.3 * talk + 0.05 * generator.standard_normal(100)), said(generator, talk))
    assert found.is_link()
    assert found.lag == 0


def random_walks(generator, weeks):
    return 0.15 * wandering(generator, weeks, 1.0), 0.15 * wandering(generator, weeks, 1.0)


def one_season(generator, weeks):
    common = 0.6 * np.cos(2 * np.pi * np.arange(weeks) / 52.18) + np.linspace(0, 1, weeks)
    return (
        common + 0.3 * wandering(generator, weeks, 0.5),
        common + 0.2 * wandering(generator, weeks, 0.5),
    )


@pytest.mark.parametrize("unlinked", [random_walks, one_season])
def test_what_only_looks_alike_is_no_link(unlinked):
    silent = 0
    for seed in range(100):
        generator = np.random.default_rng([seed, 8])
        sales, talk = unlinked(generator, 112)
        silent += not evidence(sold(sales), said(generator, talk), shuffles=99).is_link()
    assert silent >= 90


def test_the_same_weeks_give_the_same_answer():
    generator = np.random.default_rng(3)
    units, talk = sold(wandering(generator, 80, 0.5)), said(generator, wandering(generator, 80, 0.5))
    assert evidence(units, talk) == evidence(units, talk)


@pytest.mark.parametrize("spoil", ["short", "silent", "gaps", "constant"])
def test_too_little_is_not_tested(spoil):
    generator = np.random.default_rng(4)
    weeks = MOST_LAG + (LEAST_WEEKS - 1 if spoil == "short" else 90)
    units, talk = sold(wandering(generator, weeks, 0.5)), said(generator, np.zeros(weeks))
    if spoil == "silent":
        talk[:, 11:] = 0
    elif spoil == "gaps":
        units[::3] = np.nan
    elif spoil == "constant":
        units[:] = 7
    assert evidence(units, talk) is None


def test_a_few_weeks_without_sales_are_left_out():
    generator = np.random.default_rng(5)
    units, talk = sold(wandering(generator, 98, 0.5)), said(generator, np.zeros(98))
    units[[0, 40]] = np.nan
    found = evidence(units, talk)
    assert found.weeks == 90 - 3 - 3
