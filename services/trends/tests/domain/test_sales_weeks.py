"""Which weeks a question holds, and what is known of each."""

from datetime import UTC, date, datetime

import numpy as np
import pytest
from pulso_trends.domain.leading.link import MOST_LAG
from pulso_trends.domain.leading.range import MOST_WEEKS, Weeks, whole_weeks
from pulso_trends.domain.period import read_moment
from pulso_trends.domain.sales.csv_table import UnreadableTable, read_table
from pulso_trends.domain.sales.history import histories
from pulso_trends.domain.sales.sold import WeekSold, day_number
from pulso_trends.domain.tabulating import Cells
from pulso_trends.errors import InvalidQuery

MONDAY = date(2026, 11, 16)
"""The week of `NOW`."""
NOW = datetime(2026, 11, 21, 20, tzinfo=UTC)


def asked(start=None, end=None, now=NOW):
    first = None if start is None else read_moment(start, field="from")
    last = None if end is None else read_moment(end, field="to", end=True)
    weeks = whole_weeks(first, last, now=now)
    return [date.fromordinal(day + date(1970, 1, 1).toordinal()) for day in (weeks.first, weeks.stop)]


def test_only_weeks_whose_seven_days_are_past_count():
    assert asked()[1] == MONDAY
    assert asked(now=datetime(2026, 11, 16, 4, 59, tzinfo=UTC))[1] == date(2026, 11, 9)
    assert asked(now=datetime(2026, 11, 16, 5, tzinfo=UTC))[1] == MONDAY
    assert asked(end="2100-01-01")[1] == MONDAY


def test_the_range_is_cut_to_whole_weeks():
    assert asked("2026-10-05", "2026-11-01") == [date(2026, 10, 5), date(2026, 11, 2)]
    assert asked("2026-10-06", "2026-10-31") == [date(2026, 10, 12), date(2026, 10, 26)]
    assert asked("2026-10-05T00:00:01", "2026-11-02") == [date(2026, 10, 12), date(2026, 11, 2)]
    first, stop = asked("2001-01-01")
    assert (stop - first).days == 7 * MOST_WEEKS


@pytest.mark.parametrize(("start", "end"), [("2026-11-16", None), ("2026-10-06", "2026-10-17")])
def test_a_range_without_a_whole_week_is_refused(start, end):
    with pytest.raises(InvalidQuery):
        asked(start, end)


def history(sold, said=()):
    first = day_number(date(2026, 1, 5))
    weeks = Weeks(first, first + 7 * 10)
    rows = [WeekSold("chicha", first + 7 * week, days, 10.0, None) for week, days in sold]
    cells = [Cells("chicha", first + 7 * week, [0, 0, items, 0, 0, 500_000]) for week, items in said]
    return histories(weeks, rows, cells)[0]


def test_weeks_that_were_told_in_part_at_the_ends_are_unknown():
    found = history([(1, 3), *((week, 7) for week in range(2, 9)), (9, 2)])
    assert np.flatnonzero(np.isfinite(found.units)).tolist() == list(range(2, 9))
    once_a_week = history([(week, 1) for week in range(10)])
    assert np.isfinite(once_a_week.units).all()


def test_weeks_before_the_first_item_are_not_heard_rather_than_silent():
    sold = [(week, 7) for week in range(10)]
    units, talk = history(sold, said=[(-5, 4), (5, 1)]).tested()
    heard_from = -5 + MOST_LAG + 1
    assert (len(units), talk.shape) == (10 - heard_from, (2, MOST_LAG + 10 - heard_from))
    always = history(sold, said=[(-MOST_LAG, 1), (5, 1)])
    assert len(always.tested()[0]) == 10


def rows(text, encoding="utf-8"):
    table = read_table(text.encode(encoding))
    return [(row.number, row.cells) for row in table.rows], table.ignored


def test_tables_are_read_as_spreadsheets_write_them():
    english = {"date": "2026-11-01", "product": "ají", "units": 12.0}
    assert rows("date,department,product,units,revenue\n2026-11-01,,ají,12,\n") == ([(2, english)], [])
    spanish = "\ufeffFECHA;Departamento;Producto;Unidades;Ingresos;Nota\r\n\r\n1/11/2026;15;ají;12;30.5;x\r\n"
    expected = english | {"department": "15", "revenue": 30.5}
    assert rows(spanish) == ([(3, expected)], ["Nota"])
    assert rows("fecha\tproducto\tunidades\n01.11.2026\tají\t12\n", "cp1252") == ([(2, english)], [])


def test_an_amount_that_could_mean_two_is_left_to_be_refused():
    [(_, cells)], _ = rows('date,product,units,revenue\n2026-11-01,x,"1,234",nan\n')
    assert (cells["units"], cells["revenue"]) == ("1,234", "nan")


@pytest.mark.parametrize(
    ("header", "missing"),
    [("", ("date", "product", "units")), ("fecha,unidades", ("product",)), ("date,fecha,product,units", ())],
)
def test_a_table_without_its_columns_is_refused(header, missing):
    with pytest.raises(UnreadableTable) as caught:
        read_table(header.encode())
    assert caught.value.missing == missing
