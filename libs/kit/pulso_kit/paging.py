"""Pages of a table, newest first, from row to row: no page shifts when a row is added."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol, TypeVar

from sqlalchemy import tuple_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class Dated(Protocol):
    """A row with a unique text id and the time at which it was made."""

    id: str
    created_at: datetime


Row = TypeVar("Row", bound=Dated)


async def newest_first(
    session: AsyncSession, table: type[Row], *, limit: int, after: str | None
) -> Sequence[Row] | None:
    """Return up to `limit` rows, newest first, after the one with the id `after`; None if that is unknown."""
    place = col(table.created_at), col(table.id)
    query = select(table).order_by(*(column.desc() for column in place)).limit(limit)
    if after is not None:
        last = await session.get(table, after)
        if last is None:
            return None
        query = query.where(tuple_(*place) < tuple_(last.created_at, last.id))
    return (await session.exec(query)).all()
