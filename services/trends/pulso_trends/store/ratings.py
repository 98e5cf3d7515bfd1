"""Reading ratings: their roll-ups beside those of all items, and items that contradict their stars."""

from typing import Final, NamedTuple

from pulso_contracts.ratings import Contradiction
from pulso_kit.database import Database
from sqlalchemy import select, text

from pulso_trends.domain.cube import MEASURES
from pulso_trends.domain.filters import ItemFilters
from pulso_trends.domain.ratings.cells import RATED, STARS
from pulso_trends.domain.series import Cells, SeriesQuestion
from pulso_trends.store.items import item_conditions
from pulso_trends.store.rating_tables import RATING
from pulso_trends.store.series import largest_groups, read_cells
from pulso_trends.store.tables import CONTRADICTS, FEEDBACK, INDEX_POSITION, ROLLUP
from pulso_trends.store.transaction import core_transaction

EXAMPLES: Final = 5
_LOOKED_THROUGH: Final = 1_000
"""Contradictions, the newest first, among which examples are looked for: a rare filter reads no more."""


class Rated(NamedTuple):
    """Sums of `RATED` and of `MEASURES` per group and bucket; of products and categories, of rated ones only.

    `recounting` while ratings of before this release are not all counted.
    """

    rated: list[Cells]
    said: list[Cells]
    recounting: bool


async def read_ratings(database: Database, question: SeriesQuestion) -> Rated:
    """The sums of at least the `question.limit` + 1 groups with most rated items.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    groups = largest_groups(RATING, question, STARS)
    async with core_transaction(database) as connection:
        below: int | None = await connection.scalar(select(INDEX_POSITION.c.ratings_below))
        # In this order what is committed meanwhile makes more items than ratings, never fewer.
        rated = await read_cells(connection, RATING, question, RATED, groups)
        said = await read_cells(connection, ROLLUP, question, MEASURES, groups)
    return Rated(rated, said, below is not None)


async def read_contradictions(database: Database, filters: ItemFilters) -> list[Contradiction]:
    """The newest items whose stars and text contradict each other, `EXAMPLES` at most.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    period = ItemFilters(start=filters.start, end=filters.end)
    order = "created_at", "seq"
    newest = (
        select(FEEDBACK)
        .where(text(f"({CONTRADICTS})"), *item_conditions(period))
        .order_by(*(FEEDBACK.c[name].desc() for name in order))
        .limit(EXAMPLES if filters == period else _LOOKED_THROUGH)
        .subquery()
    )
    statement = (
        select(*(newest.c[name] for name in Contradiction.model_fields))
        .where(*item_conditions(filters, newest.c))
        .order_by(*(newest.c[name].desc() for name in order))
        .limit(EXAMPLES)
    )
    async with core_transaction(database) as connection:
        rows = await connection.execute(statement)
        return [Contradiction.model_validate(row, from_attributes=True) for row in rows]
