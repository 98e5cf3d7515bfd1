"""A sale counts once: sent again it takes its own place."""

import asyncio

import pytest
from pulso_trends.domain.sales.sold import Sale, SaleKey
from pulso_trends.store.sales import keep_sales, read_weeks

MONDAY = 20_755 - (20_755 + 3) % 7


def sale(day=0, units=10.0, revenue=None, region="", product="chicha"):
    return Sale(SaleKey(product, region, MONDAY + day), units, revenue)


async def weeks(database, region=None, product=None, limit=20, count=3):
    found = await read_weeks(
        database, first=MONDAY, stop=MONDAY + 7 * count, region=region, product=product, limit=limit
    )
    return [(week.product, (week.start - MONDAY) // 7, week.days, week.units, week.revenue) for week in found]


async def test_sending_again_changes_nothing_and_corrections_replace(database):
    sent = [sale(day, units=day + 1.0, revenue=5.0) for day in range(7)]
    assert await keep_sales(database, sent) == 0
    assert await keep_sales(database, sent) == 7
    assert await weeks(database) == [("chicha", 0, 7, 28.0, 35.0)]
    assert await keep_sales(database, [sale(0, units=100.0), sale(7)]) == 1
    assert await weeks(database) == [("chicha", 0, 7, 127.0, None), ("chicha", 1, 1, 10.0, None)]


async def test_of_several_with_one_key_the_last_is_kept(database):
    assert await keep_sales(database, [sale(units=1.0), sale(units=2.0), sale(1, units=3.0)]) == 1
    assert await weeks(database) == [("chicha", 0, 2, 5.0, None)]
    assert await keep_sales(database, []) == 0


async def test_the_whole_country_counts_instead_of_the_departments_of_its_day(database):
    await keep_sales(
        database,
        [
            sale(0, region="Lima", revenue=1.0),
            sale(0, region="Cusco", revenue=2.0),
            sale(1, region="Lima", units=4.0, revenue=3.0),
            sale(1, units=50.0, revenue=9.0),
        ],
    )
    assert await weeks(database) == [("chicha", 0, 2, 70.0, 12.0)]
    assert await weeks(database, region="Lima") == [("chicha", 0, 2, 14.0, 4.0)]
    assert await weeks(database, region="Puno") == []


async def test_products_come_by_units_and_only_so_many(database):
    await keep_sales(database, [sale(units=n, product=f"p{n}") for n in range(5)])
    await keep_sales(database, [sale(7, units=50.0, product="p1"), sale(21, units=900.0, product="p0")])
    assert [(week[0], week[1]) for week in await weeks(database, limit=2)] == [
        ("p1", 0),
        ("p1", 1),
        ("p4", 0),
    ]
    assert await weeks(database, product="p3") == [("p3", 0, 1, 3.0, None)]


async def test_many_writers_of_the_same_rows_agree(database):
    sent = [sale(day, product=f"p{number}") for day in range(7) for number in range(20)]
    replaced = await asyncio.gather(*(keep_sales(database, sent[::step]) for step in (1, -1, 1, -1)))
    assert sorted(replaced) == [0, 140, 140, 140]
    assert len(await weeks(database)) == 20


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_whole_table_fits_into_one_transaction(database):
    sent = [sale(day, product=f"p{number}") for day in range(21) for number in range(400)]
    assert await keep_sales(database, sent) == 0
    assert await keep_sales(database, sent) == len(sent)
