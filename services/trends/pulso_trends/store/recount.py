"""Roll-ups proved against the items they were made from, a day of Peru at a time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import product
from typing import Final

from pulso_kit.database import Database
from sqlalchemy import ColumnElement, Table, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import CUBOIDS, CellKey, Observation, Tally, roll_up
from pulso_trends.domain.lima import day_of_hour, hour_of, hours_of_day, start_of_day
from pulso_trends.domain.period import Grain
from pulso_trends.domain.ratings.cells import roll_up_ratings
from pulso_trends.store.rating_tables import RATING
from pulso_trends.store.retention import kept_from, last_day_before
from pulso_trends.store.rows import OBSERVED, observation_of_row
from pulso_trends.store.tables import FEEDBACK, INDEX_POSITION, ROLLUP
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from pulso_trends.store.upsert import add_to_cells

_ROLLUPS: Final[dict[Table, Callable[[Iterable[Observation]], dict[CellKey, Tally]]]] = {
    ROLLUP: roll_up,
    RATING: roll_up_ratings,
}


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


async def count_next_day_of_ratings(database: Database) -> bool:
    """Count the ratings of the newest day whose are not counted yet, and return whether there was one.

    Days whose items are forgotten are left alone.

    Raises:
        StoreUnavailable: The database cannot do it now; the days before are done.
    """
    async with core_transaction(database) as connection:
        await take_turn(connection)
        below: int | None = await connection.scalar(select(INDEX_POSITION.c.ratings_below))
        if below is None:
            return False
        day = await last_day_before(connection, below, FEEDBACK.c.rating.is_not(None))
        if day is not None:
            right = roll_up_ratings(await _observed(connection, day))
            await _write_day(database, connection, RATING, day, right)
        await connection.execute(update(INDEX_POSITION).values(ratings_below=day))
    return True


async def _recount_day(
    database: Database, connection: AsyncConnection, day: int, *, repair: bool
) -> tuple[int, int, int]:
    """The items of the day, its cells, and how many of these were wrong."""
    seen = await _observed(connection, day)
    cells = wrong = 0
    for table, fold in _ROLLUPS.items():
        right = fold(seen)
        width = len(table.primary_key)
        rows = await connection.execute(select(table).where(_of_day(table, day)))
        kept = {CellKey(*row[:width]): list(row[width:]) for row in rows}
        differing = sum(kept.get(key) != right.get(key) for key in kept.keys() | right.keys())
        if repair and differing:
            await _write_day(database, connection, table, day, right)
        cells, wrong = cells + len(right), wrong + differing
    return len(seen), cells, wrong


async def _observed(connection: AsyncConnection, day: int) -> list[Observation]:
    created = FEEDBACK.c.created_at
    rows = await connection.execute(
        select(*(FEEDBACK.c[name] for name in OBSERVED)).where(
            created >= start_of_day(day), created < start_of_day(day + 1)
        )
    )
    return [observation_of_row(row) for row in rows]


async def _write_day(
    database: Database, connection: AsyncConnection, table: Table, day: int, right: dict[CellKey, Tally]
) -> None:
    await connection.execute(delete(table).where(_of_day(table, day)))
    await add_to_cells(database, connection, table, right)


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
    for table, (grain, cuboids) in product(_ROLLUPS, CUBOIDS.items()):
        lowest = -1 if after is None else hours_of_day(after).stop if grain is Grain.HOUR else after + 1
        # One question per cuboid, each a single look into the index; one for all would read every cell.
        for cuboid in cuboids:
            bucket = await connection.scalar(
                select(func.min(table.c.bucket)).where(
                    table.c.grain == int(grain),
                    table.c.cuboid == int(cuboid),
                    table.c.bucket >= lowest,
                )
            )
            if bucket is not None:
                days.append(day_of_hour(bucket) if grain is Grain.HOUR else bucket)
    return min(days, default=None)


def _of_day(table: Table, day: int) -> ColumnElement[bool]:
    """The cells of a day; naming the cuboids lets the condition on buckets use the index."""
    hours = hours_of_day(day)
    return or_(
        _cells(table, Grain.HOUR) & table.c.bucket.between(hours.start, hours.stop - 1),
        _cells(table, Grain.DAY) & (table.c.bucket == day),
    )


def _cells(table: Table, grain: Grain) -> ColumnElement[bool]:
    return (table.c.grain == int(grain)) & table.c.cuboid.in_([int(cuboid) for cuboid in CUBOIDS[grain]])
