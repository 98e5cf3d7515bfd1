"""The writers' turn: one transaction after the other."""

from datetime import UTC, datetime

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.store.tables import INDEX_POSITION


async def take_turn(connection: AsyncConnection, *, places: int = 0) -> int:
    """Waits for other writers to commit, keeps them waiting until this transaction ends, and takes `places`.

    Returns:
        The `seq` before the first place taken.
    """
    moved = {"seq": INDEX_POSITION.c.seq + places} | ({"moved_at": datetime.now(UTC)} if places else {})
    last = await connection.scalar(update(INDEX_POSITION).values(moved).returning(INDEX_POSITION.c.seq))
    if last is None:
        raise RuntimeError("the only row of index_position is gone: the migration made it")
    return int(last) - places
