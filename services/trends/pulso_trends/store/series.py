"""Reading roll-ups: series and the values that filters know."""

from collections.abc import Sequence
from functools import cache, reduce
from operator import add
from typing import Any

from pulso_contracts.feedback import Channel
from pulso_contracts.trends import Bucket, Dimensions, GroupBy, ValueCount
from pulso_kit.database import Database
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    Table,
    bindparam,
    case,
    func,
    literal,
    null,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import MEASURES, SENTIMENTS, Dimension, cuboid_for
from pulso_trends.domain.filters import Filters
from pulso_trends.domain.lima import monday_of
from pulso_trends.domain.period import MAX_POINTS, Grain, Period
from pulso_trends.domain.series import SeriesQuestion
from pulso_trends.domain.tabulating import Cells
from pulso_trends.store.tables import ROLLUP
from pulso_trends.store.transaction import core_transaction

MAX_VALUES = 500
"""Values of one dimension that `read_dimensions` gives."""

_CLOSED = (GroupBy.REGION, GroupBy.CHANNEL, GroupBy.ASPECT)
"""Groupings with few values, all known beforehand; the others grow with what customers sell."""


_LISTED = {
    "regions": Dimension.REGION,
    "channels": Dimension.CHANNEL,
    "products": Dimension.PRODUCT,
    "product_categories": Dimension.PRODUCT_CATEGORY,
    "aspects": Dimension.ASPECT,
}


async def read_series(database: Database, question: SeriesQuestion) -> list[Cells]:
    """The sums per group and bucket, of at least the `question.limit` + 1 largest groups.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    groups = largest_groups(ROLLUP, question, question.sentiments)
    async with core_transaction(database) as connection:
        return await read_cells(connection, ROLLUP, question, MEASURES, groups)


async def read_series_and_channels(
    database: Database, question: SeriesQuestion
) -> tuple[list[Cells], dict[str, int]]:
    """`read_series`, and the items by channel in the departments and channels asked for.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    filters = Filters(regions=question.filters.regions, channels=question.filters.channels)
    whole = SeriesQuestion(question.period, GroupBy.CHANNEL, filters, len(Channel))
    items = _sum_of(ROLLUP, SENTIMENTS).cast(BigInteger)
    channels = (
        select(ROLLUP.c.channel, null().cast(Integer), items, *[literal(0)] * (len(MEASURES) - 1))
        .where(*_conditions(ROLLUP, whole))
        .group_by(ROLLUP.c.channel)
    )
    groups = largest_groups(ROLLUP, question, question.sentiments)
    # In one statement: the way of a second one there and back takes longer than its work.
    statement = _cells(ROLLUP, question, MEASURES, groups).union_all(channels)
    cells: list[Cells] = []
    counted: dict[str, int] = {}
    async with core_transaction(database) as connection:
        for row in (await connection.execute(statement)).all():
            if row[1] is None:
                counted[row[0]] = row[2]
            else:
                cells.append(Cells(row[0], row[1], row[2:]))
    return cells, counted


def largest_groups(table: Table, question: SeriesQuestion, measures: tuple[str, ...]) -> Select[str] | None:
    """The `question.limit` + 1 groups with the largest sums of `measures`; None where all are few."""
    if question.group_dimension is None or question.group_by in _CLOSED:
        return None
    group = _group(table, question)
    return (
        select(group)
        .where(*_conditions(table, question))
        .group_by(group)
        .order_by(_sum_of(table, measures).desc(), group)
        .limit(question.limit + 1)
    )


async def read_cells(
    connection: AsyncConnection,
    table: Table,
    question: SeriesQuestion,
    measures: tuple[str, ...],
    groups: Select[str] | None,
) -> list[Cells]:
    """The sums of `measures` per group and bucket, of these groups or of all.

    Args:
        connection: Where from.
        table: Of roll-ups: of items, or of ratings.
        question: Which cells.
        measures: Columns of the table.
        groups: What `largest_groups` gives, of this table or of the other one.
    """
    rows = await connection.execute(_cells(table, question, measures, groups))
    return [Cells(row[0], row[1], row[2:]) for row in rows.all()]


def _cells(
    table: Table, question: SeriesQuestion, measures: tuple[str, ...], groups: Select[str] | None
) -> Select[*tuple[Any, ...]]:
    group = _group(table, question)
    conditions = _conditions(table, question)
    if groups is not None:
        conditions = [*conditions, group.in_(groups)]
    # PostgreSQL takes one expression whose parameters are written out twice for two, hence the grouping by
    # label.
    start = _bucket_start(table, question.period)
    return (
        select(group.label("series_key"), start.label("bucket_start"), *_sums(table, measures))
        .where(*conditions)
        .group_by("series_key", "bucket_start")
    )


async def read_dimensions(database: Database) -> Dimensions:
    """The values that items carry, most frequent first, at most `MAX_VALUES` of each dimension.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    found: dict[str, list[ValueCount]] = {}
    async with core_transaction(database) as connection:
        for name, dimension in _LISTED.items():
            column = ROLLUP.c[str(dimension.name).lower()]
            count = _sum_of(ROLLUP, SENTIMENTS)
            statement = (
                select(column, count)
                .where(ROLLUP.c.grain == Grain.DAY, ROLLUP.c.cuboid == int(dimension), column != "")
                .group_by(column)
                .order_by(count.desc(), column)
                .limit(MAX_VALUES)
            )
            rows = await connection.execute(statement)
            found[name] = [ValueCount(value=value, count=int(counted)) for value, counted in rows]
    return Dimensions(**found)


@cache
def _sums(table: Table, measures: tuple[str, ...]) -> list[ColumnElement[int]]:
    """Cast, as PostgreSQL sums 64-bit integers into decimals. Made once: that takes as long as a query."""
    return [func.sum(table.c[measure]).cast(BigInteger) for measure in measures]


@cache
def _sum_of(table: Table, measures: tuple[str, ...]) -> ColumnElement[int]:
    """The measures together, summed over cells."""
    return func.sum(reduce(add, (table.c[each] for each in measures)))


def _group(table: Table, question: SeriesQuestion) -> ColumnElement[str]:
    dimension = question.group_dimension
    return literal("") if dimension is None else table.c[str(dimension.name).lower()]


def _conditions(table: Table, question: SeriesQuestion) -> list[ColumnElement[bool]]:
    """Which cells are read. Where values of a dimension are chosen, these alone are looked up in the key.

    The key begins with grain, cuboid, bucket, region: a range of buckets alone would read all that the other
    dimensions hold. Equal to '' is true of what a cuboid sums away anyway, and lets the key be used further.
    """
    period, filters = question.period, question.filters
    cuboid = cuboid_for(period.grain, question.dimensions)
    chosen: dict[str, Sequence[str]] = {
        "region": filters.regions,
        "channel": filters.channels,
        "product": filters.products,
        "product_category": filters.product_categories,
        "aspect": filters.aspects,
    }
    conditions = [table.c.grain == int(period.grain), table.c.cuboid == int(cuboid)]
    if any(chosen.values()) and period.stop - period.first <= MAX_POINTS:
        # Written out: as parameters these many numbers would cost more than the search.
        numbers = list(range(period.first, period.stop))
        each: BindParameter[int] = bindparam(
            "buckets", numbers, expanding=True, literal_execute=True, unique=True
        )
        conditions.append(table.c.bucket.in_(each))
        conditions += [table.c[name] == "" for name in chosen if Dimension[name.upper()] not in cuboid]
    else:
        conditions += [table.c.bucket >= period.first, table.c.bucket < period.stop]
    return conditions + [table.c[column].in_(values) for column, values in chosen.items() if values]


def _bucket_start(table: Table, period: Period) -> ColumnElement[int]:
    """The number at which the bucket of a cell begins, as `Period.starts` has it."""
    number = table.c.bucket
    if period.bucket is Bucket.WEEK:
        monday: ColumnElement[int] = monday_of(number)
        return monday
    if period.bucket is Bucket.MONTH:
        return case(*((number >= begin, begin) for begin in reversed(period.starts())))
    return number
