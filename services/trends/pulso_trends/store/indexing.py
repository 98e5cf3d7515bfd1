"""Writing: items and what they add to the roll-ups, in one transaction, once."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from sqlalchemy import Table, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import MEASURES, CellKey, Tally, observation, roll_up
from pulso_trends.store.rows import row_values
from pulso_trends.store.tables import FEEDBACK, INDEX_POSITION, ROLLUP
from pulso_trends.store.transaction import core_transaction


async def index(database: Database, events: Iterable[FeedbackScored]) -> list[FeedbackScored]:
    """Stores the events that are not stored yet and adds them to the roll-ups: all of this, or nothing.

    Returns:
        The events that were new. Of several with one id the first counts.

    Raises:
        StoreUnavailable: The database cannot do it now.
        Unstorable: It refuses the values of one of them.
    """
    by_id: dict[str, FeedbackScored] = {}
    for event in events:
        by_id.setdefault(event.id, event)
    if not by_id:
        return []
    async with core_transaction(database) as connection:
        seq = await take_turn(connection, places=len(by_id))
        rows = [
            {"seq": place, **row_values(event)} for place, event in enumerate(by_id.values(), start=seq + 1)
        ]
        stored = await connection.execute(
            _insert(database, FEEDBACK)
            .on_conflict_do_nothing(index_elements=["id"])
            .returning(FEEDBACK.c.id),
            rows,
        )
        new = [by_id[identifier] for identifier in sorted(stored.scalars())]
        await add_to_rollups(database, connection, roll_up(map(observation, new)))
    return new


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


async def add_to_rollups(
    database: Database, connection: AsyncConnection, cells: dict[CellKey, Tally]
) -> None:
    """Adds `cells` to what the roll-ups hold; the caller has the writers' turn."""
    if not cells:
        return
    insert = _insert(database, ROLLUP)
    adding = insert.on_conflict_do_update(
        index_elements=CellKey._fields,
        set_={measure: ROLLUP.c[measure] + insert.excluded[measure] for measure in MEASURES},
    )
    await connection.execute(adding, cell_rows(cells))


def cell_rows(cells: dict[CellKey, Tally]) -> Sequence[dict[str, Any]]:
    """The cells as rows, in the order of the table's key, so that neighbours are written together."""
    columns = (*CellKey._fields, *MEASURES)
    return [dict(zip(columns, (*key, *tally), strict=True)) for key, tally in sorted(cells.items())]


def _insert(database: Database, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT; the two databases spell it alike, SQLAlchemy in two places."""
    return (sqlite if database.is_sqlite else postgresql).insert(table)
