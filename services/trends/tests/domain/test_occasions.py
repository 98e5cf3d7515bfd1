"""Days of the calendar, by rules that change from year to year."""

from datetime import date

import pytest
from pulso_trends.domain.emerging.look import causes_of
from pulso_trends.domain.occasions import easter, occasions


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter(year, day):
    assert easter(year) == day


@pytest.mark.parametrize(
    ("identifier", "day"),
    [
        ("dia_del_pisco_sour", date(2026, 2, 7)),
        ("dia_del_pisco_sour", date(2027, 2, 6)),
        ("dia_de_la_madre", date(2026, 5, 10)),
        ("fiestas_patrias", date(2026, 7, 28)),
        ("navidad", date(2026, 12, 24)),
    ],
)
def test_an_occasion_holds_its_day(identifier, day):
    assert identifier in {occasion.id for occasion in occasions(day, day)}


def test_a_stretch_over_new_year_meets_both_years():
    found = {occasion.id for occasion in occasions(date(2026, 12, 20), date(2027, 1, 2))}
    assert {"navidad", "ano_nuevo"} <= found


def test_an_ordinary_day_has_no_pisco_sour():
    assert "dia_del_pisco_sour" not in {
        occasion.id for occasion in occasions(date(2026, 9, 1), date(2026, 9, 1))
    }


def test_more_talk_of_a_group_of_the_day_is_expected():
    causes = causes_of(date(2026, 2, 7), {"pisco_sour": ("piscos_y_cocteles",), "juane": ()})
    assert causes["pisco_sour"].occasion == "dia_del_pisco_sour"
    assert causes["pisco_sour"].days_over == 0
    assert "juane" not in causes
    later = causes_of(date(2026, 2, 20), {"pisco_sour": ()})
    assert later["pisco_sour"].days_over > 7
