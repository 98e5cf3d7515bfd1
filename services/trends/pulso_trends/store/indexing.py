"""Writing: items and what they add to the roll-ups, in one transaction, once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import MEASURES, CellKey, Tally, observation, roll_up
from pulso_trends.domain.mentions import count
from pulso_trends.store.mentions import add_mentions, remark
from pulso_trends.store.rows import row_values
from pulso_trends.store.tables import FEEDBACK, ROLLUP
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from pulso_trends.store.upsert import insert_into
from pulso_trends.store.voices import hear


async def index(
    database: Database, events: Iterable[FeedbackScored], *, taxonomy: TaxonomyInUse | None = None
) -> list[FeedbackScored]:
    """Stores the events that are not stored yet and adds them to all counts: all of this, or nothing.

    Args:
        database: Where to.
        events: What to store.
        taxonomy: What the process knows of it; by default it is read anew.

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
        new = await _not_stored(connection, by_id)
        voices = await hear(database, connection, new)
        rows = [
            {"seq": place, **row_values(event), "voice": event.id in voices}
            for place, event in enumerate(new, start=seq + 1)
        ]
        if rows:
            await connection.execute(insert(FEEDBACK), rows)
        await add_to_rollups(database, connection, roll_up(map(observation, new)))
        remarks = [remark(event, voice=event.id in voices) for event in new]
        await add_mentions(
            database, connection, count(remarks, await (taxonomy or TaxonomyInUse()).current(connection))
        )
    return new


async def add_to_rollups(
    database: Database, connection: AsyncConnection, cells: dict[CellKey, Tally]
) -> None:
    """Adds `cells` to what the roll-ups hold; the caller has the writers' turn."""
    if not cells:
        return
    inserting = insert_into(database, ROLLUP)
    adding = inserting.on_conflict_do_update(
        index_elements=CellKey._fields,
        set_={measure: ROLLUP.c[measure] + inserting.excluded[measure] for measure in MEASURES},
    )
    await connection.execute(adding, cell_rows(cells))


def cell_rows(cells: dict[CellKey, Tally]) -> Sequence[dict[str, Any]]:
    """The cells as rows, in the order of the table's key, so that neighbours are written together."""
    columns = (*CellKey._fields, *MEASURES)
    return [dict(zip(columns, (*key, *tally), strict=True)) for key, tally in sorted(cells.items())]


async def _not_stored(
    connection: AsyncConnection, events: Mapping[str, FeedbackScored]
) -> list[FeedbackScored]:
    """The events that are new, in their order; nobody else can store them meanwhile."""
    found = await connection.execute(select(FEEDBACK.c.id).where(FEEDBACK.c.id.in_(sorted(events))))
    known = set(found.scalars())
    return [event for identifier, event in events.items() if identifier not in known]
