"""Reading items: one, a page of a search, or what was indexed since."""

from collections.abc import Sequence
from itertools import product
from typing import Any, Final

from pulso_contracts.trends import FeedbackItem
from pulso_kit.database import Database
from sqlalchemy import ColumnElement, Text, or_, tuple_
from sqlalchemy.sql.base import ReadOnlyColumnCollection
from sqlmodel import select

from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.cursor import ItemCursor
from pulso_trends.domain.filters import ItemFilters
from pulso_trends.store.rows import feedback_item
from pulso_trends.store.tables import FEEDBACK, FeedbackKeyRow, FeedbackRow, IndexPositionRow
from pulso_trends.store.transaction import transaction

Columns = ReadOnlyColumnCollection[str, Any]

_ITEM: Final = FEEDBACK.c


async def find_item(database: Database, identifier: str) -> FeedbackItem | None:
    """The item with that id, if it is indexed.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with transaction(database) as session:
        key = await session.get(FeedbackKeyRow, identifier)
        if key is None:
            return None
        # Two questions: by its date the second one looks into one month only.
        there = select(FeedbackRow).where(_ITEM.seq == key.seq, _ITEM.created_at == key.created_at)
        row = (await session.exec(there)).first()
    return None if row is None else feedback_item(row)


async def search(
    database: Database, filters: ItemFilters, *, limit: int, after: ItemCursor | None
) -> tuple[list[FeedbackItem], ItemCursor | None]:
    """A page of items, newest first, and where it ended; None when nothing follows.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    statement = select(FeedbackRow).where(*item_conditions(filters))
    if after is not None:
        # The first condition follows from the second, but only by it PostgreSQL leaves later months alone.
        statement = statement.where(
            _ITEM.created_at <= after.created_at,
            tuple_(_ITEM.created_at, _ITEM.seq) < tuple_(after.created_at, after.seq),
        )
    statement = statement.order_by(_ITEM.created_at.desc(), _ITEM.seq.desc()).limit(limit + 1)
    async with transaction(database) as session:
        rows = (await session.exec(statement)).all()
    more = ItemCursor(rows[limit - 1].created_at, rows[limit - 1].seq) if len(rows) > limit else None
    return [feedback_item(row) for row in rows[:limit]], more


async def indexed_between(
    database: Database, filters: ItemFilters, *, after: int, upto: int, limit: int
) -> list[tuple[int, FeedbackItem]]:
    """Items with their `seq`, in the order of indexing, after `after` and up to `upto`; at most `limit`.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    statement = (
        select(FeedbackRow)
        .where(_ITEM.seq > after, _ITEM.seq <= upto, *item_conditions(filters))
        .order_by(_ITEM.seq)
        .limit(limit)
    )
    async with transaction(database) as session:
        return [(row.seq, feedback_item(row)) for row in (await session.exec(statement)).all()]


async def last_indexed(database: Database) -> int:
    """The highest `seq` that is committed; none below it will appear later.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with transaction(database) as session:
        return (await session.exec(select(IndexPositionRow.seq))).one()


def item_conditions(filters: ItemFilters, item: Columns = _ITEM) -> list[ColumnElement[bool]]:
    """What the columns of an item, by default those of the table, must hold to pass the filters."""
    chosen: dict[str, Sequence[str]] = {
        "region": filters.regions,
        "channel": filters.channels,
        "product": filters.products,
        "product_category": filters.product_categories,
    }
    conditions: list[ColumnElement[bool]] = [
        item[column].in_(values) for column, values in chosen.items() if values
    ]
    if filters.aspects:
        opinions = product(filters.aspects, filters.sentiments or SENTIMENTS)
        conditions.append(or_(*(_holds(item.opinions, f" {aspect}:{mood} ") for aspect, mood in opinions)))
    elif filters.sentiments:
        conditions.append(item.sentiment.in_(filters.sentiments))
    if filters.flags:
        conditions.append(or_(*(_holds(item.flags, f" {flag} ") for flag in filters.flags)))
    if filters.start is not None:
        conditions.append(item.created_at >= filters.start)
    if filters.end is not None:
        conditions.append(item.created_at < filters.end)
    if filters.lowest_score is not None:
        conditions.append(item.score >= filters.lowest_score)
    if filters.highest_score is not None:
        conditions.append(item.score <= filters.highest_score)
    return conditions + [_holds(item.search, f" {word}") for word in filters.words]


def _holds(column: ColumnElement[Text], part: str) -> ColumnElement[bool]:
    """Whether the text has `part` in it, taken literally: aspects and flags may hold an underscore."""
    return column.contains(part, autoescape=True)
