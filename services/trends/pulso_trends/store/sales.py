"""Keeping sales, and reading them by week."""

from collections.abc import Sequence
from datetime import UTC, datetime

from pulso_kit.database import Database
from sqlalchemy import ColumnElement, FromClause, Subquery, case, func, select

from pulso_trends.domain.lima import monday_of
from pulso_trends.domain.sales.sold import Sale, SaleKey, WeekSold
from pulso_trends.store.sales_tables import SALES
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.upsert import insert_into


async def keep_sales(database: Database, sales: Sequence[Sale]) -> int:
    """Stores the sales, all or none; each takes the place of an earlier one with its key.

    Returns:
        How many of them did so; of several with one key in `sales` the last is kept, and replaces the others.

    Raises:
        StoreUnavailable: The database cannot do it now.
    """
    last = {each.key: each for each in sales}
    if not last:
        return 0
    at = datetime.now(UTC)
    # In the order of the key: two writers then never wait for each other in a circle.
    rows = {
        key: {**key._asdict(), "units": last[key].units, "revenue": last[key].revenue, "received_at": at}
        for key in sorted(last)
    }
    adding = insert_into(database, SALES)
    key_columns = [SALES.c[name] for name in SaleKey._fields]
    replaced = {name: adding.excluded[name] for name in ("units", "revenue", "received_at")}
    async with core_transaction(database) as connection:
        added = await connection.execute(
            adding.on_conflict_do_nothing(index_elements=SaleKey._fields).returning(*key_columns),
            list(rows.values()),
        )
        new = {SaleKey(*row) for row in added}
        known = [row for key, row in rows.items() if key not in new]
        if known:
            await connection.execute(
                adding.on_conflict_do_update(index_elements=SaleKey._fields, set_=replaced), known
            )
    return len(sales) - len(new)


async def read_weeks(
    database: Database, *, first: int, stop: int, region: str | None, product: str | None, limit: int
) -> list[WeekSold]:
    """Sales by week of the `limit` products of which most units were sold, the largest product first.

    Without a region, the row of the whole country counts for a day that has one, else the sum of departments.

    Args:
        database: Where from.
        first: The first day, a Monday.
        stop: The day after the last one, a Monday.
        region: One department, or the whole country.
        product: One product, or all.
        limit: Products at most.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    conditions = [SALES.c.day >= first, SALES.c.day < stop]
    if product is not None:
        conditions.append(SALES.c.product == product)
    if region is not None:
        conditions.append(SALES.c.region == region)
    days = _days(conditions)
    sold = func.sum(days.c.units)
    largest = (
        select(days.c.product, sold.label("sold"))
        .group_by(days.c.product)
        .order_by(sold.desc(), days.c.product)
        .limit(limit)
        .subquery()
    )
    statement = (
        select(
            days.c.product,
            _week(days),
            func.count(),
            func.sum(days.c.units),
            case((func.count(days.c.revenue) == func.count(), func.sum(days.c.revenue))),
        )
        .join_from(days, largest, days.c.product == largest.c.product)
        .group_by(days.c.product, "week_start", largest.c.sold)
        .order_by(largest.c.sold.desc(), days.c.product, "week_start")
    )
    async with core_transaction(database) as connection:
        return [WeekSold(*row) for row in await connection.execute(statement)]


def _days(conditions: list[ColumnElement[bool]]) -> Subquery:
    """One row for each product and day; revenue is null where one of the rows that count has none."""
    whole = SALES.c.region == ""
    has_whole = func.max(case((whole, 1), else_=0)) == 1
    units = case((has_whole, func.sum(case((whole, SALES.c.units)))), else_=func.sum(SALES.c.units))
    revenue = case(
        (has_whole, func.sum(case((whole, SALES.c.revenue)))),
        (func.count(SALES.c.revenue) == func.count(), func.sum(SALES.c.revenue)),
    )
    return (
        select(SALES.c.product, SALES.c.day, units.label("units"), revenue.label("revenue"))
        .where(*conditions)
        .group_by(SALES.c.product, SALES.c.day)
        .subquery()
    )


def _week(days: FromClause) -> ColumnElement[int]:
    """The Monday of a day, as a day's number."""
    monday: ColumnElement[int] = monday_of(days.c.day)
    return monday.label("week_start")
