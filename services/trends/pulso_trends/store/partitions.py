"""The partitions of `feedback` on PostgreSQL, one for each month of Peru; on SQLite it is one table."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.months import Month, month_of

_PREFIX: Final = "feedback_"
_NAMES: Final = text(
    "SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid "
    "WHERE inhparent = 'feedback'::regclass ORDER BY relname"
)
_LOCK_TIMEOUT: Final = "1s"
"""For which readers may have to wait behind a partition that goes; then it is tried again later."""


async def make_room(connection: AsyncConnection, moments: Iterable[datetime]) -> None:
    """Create the partitions that items of these moments need; the caller has the writers' turn.

    A partition is attached, not created in place: that waits for no reader, nor does a reader wait for it
    (https://www.postgresql.org/docs/current/sql-altertable.html, ATTACH PARTITION).
    """
    needed = {month_of(moment) for moment in moments}
    known = set(await partition_names(connection)) if needed else set()
    for month in sorted(needed, key=lambda each: each.name):
        name = partition_name(month)
        if name not in known:
            await connection.execute(text(f"CREATE TABLE {name} (LIKE feedback INCLUDING ALL)"))
            attach = f"ALTER TABLE feedback ATTACH PARTITION {name} FOR VALUES {bounds(month)}"
            await connection.execute(text(attach))


async def partition_names(connection: AsyncConnection) -> list[str]:
    """Return the names of the partitions there are, the oldest first."""
    return list((await connection.execute(_NAMES)).scalars())


async def drop_oldest_before(connection: AsyncConnection, moment: datetime) -> int | None:
    """Drop the oldest partition of which everything is older than `moment`; return the items that were in it.

    The caller has the writers' turn, and sees to it that nobody adds older items from now on.

    Returns:
        None when there is no such partition.
    """
    kept = partition_name(month_of(moment))
    name = next((each for each in await partition_names(connection) if each < kept), None)
    if name is None:
        return None
    await connection.execute(text(f"SET LOCAL lock_timeout = '{_LOCK_TIMEOUT}'"))
    items = await connection.scalar(text(f"SELECT count(*) FROM {name}"))  # noqa: S608 - a table's own name
    await connection.execute(text(f"DROP TABLE {name}"))
    return int(items or 0)


def partition_name(month: Month) -> str:
    """Return the name of the table that holds the items of a month."""
    return f"{_PREFIX}{month.name}"


def bounds(month: Month) -> str:
    """Return what stands after FOR VALUES."""
    start = "MINVALUE" if month.start is None else f"'{month.start.isoformat()}'"
    stop = "MAXVALUE" if month.stop is None else f"'{month.stop.isoformat()}'"
    return f"FROM ({start}) TO ({stop})"
