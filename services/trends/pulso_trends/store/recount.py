"""Roll-ups proved against the items they were made from, a day of Peru at a time."""

from dataclasses import dataclass
from datetime import datetime

from pulso_kit.database import Database
from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import CUBOIDS, MEASURES, CellKey, Tally, roll_up
from pulso_trends.domain.lima import day_of_hour, hour_of, hours_of_day, start_of_day
from pulso_trends.domain.period import Grain
from pulso_trends.store.retention import kept_from
from pulso_trends.store.rows import observation_of_row
from pulso_trends.store.tables import FEEDBACK, ROLLUP
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from pulso_trends.store.upsert import add_to_cells

_OBSERVED = (
    "created_at",
    "region",
    "channel",
    "product",
    "product_category",
    "sentiment",
    "score",
    "aspects",
)


@dataclass(frozen=True, slots=True)
class Recount:
    """What a recount found; `wrong_cells` differ from the items, are missing, or have no item."""

    days: int
    items: int
    cells: int
    wrong_cells: int
    repaired: bool


async def recount(database: Database, *, repair: bool = False) -> Recount:
    """Counts every day anew from its items and compares; with `repair` writes what is right.

    Each day is one transaction that keeps writers waiting, so it can run beside indexers. Days whose items
    are forgotten are left alone.

    Raises:
        StoreUnavailable: The database cannot do it now; the days before are done.
    """
    days = items = cells = wrong = 0
    day: int | None = None
    while True:
        async with core_transaction(database) as connection:
            await take_turn(connection)
            day = await _next_day(connection, day)
            if day is None:
                break
            found, kept, differing = await _recount_day(database, connection, day, repair=repair)
        days, items, cells, wrong = days + 1, items + found, cells + kept, wrong + differing
    return Recount(days, items, cells, wrong, repaired=repair and wrong > 0)


async def _recount_day(
    database: Database, connection: AsyncConnection, day: int, *, repair: bool
) -> tuple[int, int, int]:
    """The items of the day, its cells, and how many of these were wrong."""
    hours = hours_of_day(day)
    created = FEEDBACK.c.created_at
    rows = await connection.execute(
        select(*(FEEDBACK.c[name] for name in _OBSERVED)).where(
            created >= start_of_day(day), created < start_of_day(day + 1)
        )
    )
    seen = [observation_of_row(row) for row in rows]
    right = roll_up(seen)
    of_this_day = or_(
        _cells(Grain.HOUR) & ROLLUP.c.bucket.between(hours.start, hours.stop - 1),
        _cells(Grain.DAY) & (ROLLUP.c.bucket == day),
    )
    columns = [ROLLUP.c[name] for name in (*CellKey._fields, *MEASURES)]
    width = len(CellKey._fields)
    kept: dict[CellKey, Tally] = {
        CellKey(*row[:width]): list(row[width:])
        for row in await connection.execute(select(*columns).where(of_this_day))
    }
    differing = sum(kept.get(key) != right.get(key) for key in kept.keys() | right.keys())
    if repair and differing:
        await connection.execute(delete(ROLLUP).where(of_this_day))
        await add_to_cells(database, connection, ROLLUP, right)
    return len(seen), len(right), differing


async def _next_day(connection: AsyncConnection, after: int | None) -> int | None:
    """The first day after `after` (or at all) that is kept and has an item or a cell."""
    first_kept = await kept_from(connection)
    if first_kept is not None:
        after = first_kept - 1 if after is None else max(after, first_kept - 1)
    items = select(func.min(FEEDBACK.c.created_at))
    if after is not None:
        items = items.where(FEEDBACK.c.created_at >= start_of_day(after + 1))
    first: datetime | None = await connection.scalar(items)
    days = [] if first is None else [day_of_hour(hour_of(first))]
    for grain, cuboids in CUBOIDS.items():
        lowest = -1 if after is None else hours_of_day(after).stop if grain is Grain.HOUR else after + 1
        # One question per cuboid, each a single look into the index; one for all would read every cell.
        for cuboid in cuboids:
            bucket = await connection.scalar(
                select(func.min(ROLLUP.c.bucket)).where(
                    ROLLUP.c.grain == int(grain),
                    ROLLUP.c.cuboid == int(cuboid),
                    ROLLUP.c.bucket >= lowest,
                )
            )
            if bucket is not None:
                days.append(day_of_hour(bucket) if grain is Grain.HOUR else bucket)
    return min(days, default=None)


def _cells(grain: Grain) -> ColumnElement[bool]:
    """The cells of `grain`; naming the cuboids lets the condition on buckets use the index."""
    return (ROLLUP.c.grain == int(grain)) & ROLLUP.c.cuboid.in_([int(cuboid) for cuboid in CUBOIDS[grain]])
