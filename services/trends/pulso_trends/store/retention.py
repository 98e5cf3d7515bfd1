"""Forgetting items: their texts go, what was counted of them stays."""

from datetime import datetime
from typing import Final

from pulso_kit.database import Database
from sqlalchemy import ColumnElement, delete, func, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.lima import day_of_hour, hour_of, start_of_day
from pulso_trends.store.partitions import drop_oldest_before
from pulso_trends.store.tables import FEEDBACK, INDEX_POSITION
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn

BATCH: Final = 1_000
"""Items deleted in one transaction: indexers wait for some hundredths of a second, not for a month."""


async def kept_from(connection: AsyncConnection) -> int | None:
    """Return the first day of which items are kept, those before being forgotten; None while all are kept.

    Who decides by it has the writers' turn: the watch moves it on.
    """
    day: int | None = await connection.scalar(select(INDEX_POSITION.c.kept_from))
    return day


async def last_day_before(
    connection: AsyncConnection, day: int, *conditions: ColumnElement[bool]
) -> int | None:
    """Return the last day before `day` of which an item is kept, one of those that `conditions` name."""
    created = FEEDBACK.c.created_at
    known = [created < start_of_day(day), *conditions]
    first = await kept_from(connection)
    if first is not None:
        known.append(created >= start_of_day(first))
    latest = await connection.scalar(select(func.max(created)).where(*known))
    return None if latest is None else day_of_hour(hour_of(latest))


async def forget_some(database: Database, before: int) -> int | None:
    """Forget a part of the items of the days before `before`: a month as a whole, or at most `BATCH` items.

    From the first part on those days are closed: nothing is added to them and nobody counts them anew.

    Returns:
        How many went; None when none was left.

    Raises:
        StoreUnavailable: The database cannot do it now; what went before stays gone.
    """
    async with core_transaction(database) as connection:
        await take_turn(connection)
        await _close(connection, before)
        moment = start_of_day(before)
        if database.is_sqlite:
            # Else the text would stand in the file until another item takes its place there.
            await connection.execute(text("PRAGMA secure_delete = ON"))
        else:
            dropped = await drop_oldest_before(connection, moment)
            if dropped is not None:
                return dropped
        return await _delete_batch(connection, moment)


async def oldest_item(database: Database) -> datetime | None:
    """Return the moment of the oldest item that is stored.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        oldest: datetime | None = await connection.scalar(select(func.min(FEEDBACK.c.created_at)))
    return oldest


async def _close(connection: AsyncConnection, before: int) -> None:
    day = INDEX_POSITION.c.kept_from
    await connection.execute(
        update(INDEX_POSITION).where(or_(day.is_(None), day < before)).values(kept_from=before)
    )


async def _delete_batch(connection: AsyncConnection, moment: datetime) -> int | None:
    old = FEEDBACK.c.created_at < moment
    oldest = select(FEEDBACK.c.seq).where(old).order_by(FEEDBACK.c.created_at, FEEDBACK.c.seq).limit(BATCH)
    # `old` twice: the partitions are chosen by it, which the places alone could not do.
    deleted = await connection.execute(delete(FEEDBACK).where(old, FEEDBACK.c.seq.in_(oldest)))
    return deleted.rowcount or None
