"""Peaks of the calendar that last year had and this year has not."""

from datetime import date

import numpy as np
import pytest
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.missing import due, missing
from pulso_trends.domain.emerging.places import DEPARTMENT_NAMES

DAY = date(2026, 10, 20)
CHANNELS = 2
[PICARONES] = [each for each in due(DAY) if each.occasion.id == "dia_de_los_picarones"]


def history(seed, *, peak, rate=0.4, told=12.0):
    """What is said of picarones, and of everything, up to three days after their day."""
    draw = np.random.default_rng(seed)
    rates = np.full((len(DEPARTMENT_NAMES), CHANNELS, REACH), rate)
    rates[:, :, -PICARONES.arm.days :] *= peak
    counts = draw.poisson(rates)
    return {"picarones": counts}, counts + draw.poisson(told, counts.shape)


def test_an_occasion_is_due_once_its_days_are_over():
    assert PICARONES.arm.days == 6  # from Thursday, the day before it, to Tuesday
    assert PICARONES.days_before == 364  # from one third Friday of October to the next
    assert "dia_de_los_picarones" not in {each.occasion.id for each in due(date(2026, 10, 16))}
    assert "dia_de_los_picarones" not in {each.occasion.id for each in due(date(2026, 10, 26))}


def test_a_peak_that_does_not_come_is_told_for_the_widest_place():
    found = missing(PICARONES, history(1, peak=1.0), history(2, peak=4.0))
    [country] = [each for each in found if each.explained_by is None]
    assert (country.place, country.status, country.cause) == ("Perú", "missing", "dia_de_los_picarones")
    assert country.ratio == pytest.approx(1 / 4, rel=0.3)
    assert country.q_value < 0.01
    assert {each.explained_by for each in found if each is not country} == {("picarones", "Perú")}


@pytest.mark.parametrize(("last_year", "this_year"), [(4.0, 4.0), (1.0, 1.0), (1.0, 4.0), (4.0, 2.0)])
def test_a_peak_that_comes_or_never_was_is_not_missed(last_year, this_year):
    assert not missing(PICARONES, history(1, peak=this_year), history(2, peak=last_year))


def test_a_peak_as_high_as_last_years_is_hardly_ever_missed():
    missed = [
        missing(PICARONES, history(seed, peak=2.0, rate=0.1), history(seed + 1_000, peak=2.0, rate=0.1))
        for seed in range(100)
    ]
    assert sum(map(bool, missed)) <= 5


def test_without_last_year_nothing_is_missed():
    nothing = {}, np.zeros((len(DEPARTMENT_NAMES), CHANNELS, REACH), np.int64)
    assert not missing(PICARONES, history(1, peak=1.0), nothing)
