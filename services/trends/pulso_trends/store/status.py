"""How much is indexed."""

from datetime import datetime
from typing import NamedTuple

from pulso_kit.database import Database
from sqlalchemy import func, select

from pulso_trends.domain.cube import SENTIMENTS, TOTAL
from pulso_trends.domain.period import Grain
from pulso_trends.store.tables import FEEDBACK, INDEX_POSITION, ROLLUP
from pulso_trends.store.transaction import core_transaction


class Indexed(NamedTuple):
    """Items counted by the roll-ups, the newest one's time, and when something was indexed last."""

    items: int
    newest_created_at: datetime | None
    last_indexed_at: datetime | None


async def read_status(database: Database) -> Indexed:
    """How much is indexed; the cost grows with the days, not with the items.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    counted = select(*(func.sum(ROLLUP.c[each.value]) for each in SENTIMENTS)).where(
        ROLLUP.c.grain == int(Grain.DAY), ROLLUP.c.cuboid == int(TOTAL)
    )
    async with core_transaction(database) as connection:
        items = sum(int(each or 0) for each in (await connection.execute(counted)).one())
        newest = await connection.scalar(select(func.max(FEEDBACK.c.created_at)))
        moved_at = await connection.scalar(select(INDEX_POSITION.c.moved_at))
    return Indexed(items, newest, moved_at)
