"""Reading ratings: their roll-ups beside those of all items, and items that contradict their stars."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from pulso_contracts.ratings import Contradiction
from pulso_kit.database import Database
from sqlalchemy import FromClause, Select, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.filters import ItemFilters
from pulso_trends.domain.ratings.cells import RATED, STARS
from pulso_trends.domain.series import SeriesQuestion
from pulso_trends.domain.tabulating import Cells
from pulso_trends.store.items import item_conditions
from pulso_trends.store.rating_tables import RATING
from pulso_trends.store.series import largest_groups, read_cells
from pulso_trends.store.tables import CONTRADICTS, FEEDBACK, INDEX_POSITION, ROLLUP
from pulso_trends.store.transaction import core_transaction

EXAMPLES: Final = 5
_LOOKED_THROUGH: Final = 1_000
"""Contradictions, the newest first, among which examples are looked for: a rare filter reads no more."""
_CONTRADICTS: Final = text(f"({CONTRADICTS})")


class Rated(NamedTuple):
    """Sums of `RATED` and of all items per group and bucket; of products and categories, of rated ones only.

    `recounting` while ratings of before this release are not all counted.
    """

    rated: list[Cells]
    said: list[Cells]
    recounting: bool


async def read_ratings(
    database: Database, question: SeriesQuestion, measures: tuple[str, ...] = SENTIMENTS
) -> Rated:
    """The sums of at least the `question.limit` + 1 groups with most rated items.

    Args:
        database: Where from.
        question: Which cells.
        measures: What is summed of all items, rated or not.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        return await _ratings(connection, question, measures)


async def read_ratings_and_contradictions(
    database: Database, question: SeriesQuestion, filters: ItemFilters
) -> tuple[Rated, list[Contradiction]]:
    """`read_ratings`, and the newest items whose stars and text contradict each other, `EXAMPLES` at most.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        rated = await _ratings(connection, question, SENTIMENTS)
        rows = await connection.execute(_contradictions(filters))
        return rated, [Contradiction.model_validate(row, from_attributes=True) for row in rows]


async def _ratings(connection: AsyncConnection, question: SeriesQuestion, measures: tuple[str, ...]) -> Rated:
    groups = largest_groups(RATING, question, STARS)
    below: int | None = await connection.scalar(select(INDEX_POSITION.c.ratings_below))
    # In this order what is committed meanwhile makes more items than ratings, never fewer.
    rated = await read_cells(connection, RATING, question, RATED, groups)
    said = await read_cells(connection, ROLLUP, question, measures, groups)
    return Rated(rated, said, below is not None)


def _contradictions(filters: ItemFilters) -> Select[*tuple[Any, ...]]:
    period = ItemFilters(start=filters.start, end=filters.end)
    if filters == period:
        return _newest(FEEDBACK, Contradiction.model_fields, period, EXAMPLES).where(_CONTRADICTS)
    looked_through = _newest(FEEDBACK, FEEDBACK.c.keys(), period, _LOOKED_THROUGH).where(_CONTRADICTS)
    return _newest(looked_through.subquery(), Contradiction.model_fields, filters, EXAMPLES)


def _newest(
    source: FromClause, names: Iterable[str], filters: ItemFilters, limit: int
) -> Select[*tuple[Any, ...]]:
    return (
        select(*(source.c[name] for name in names))
        .where(*item_conditions(filters, source.c))
        .order_by(source.c.created_at.desc(), source.c.seq.desc())
        .limit(limit)
    )
