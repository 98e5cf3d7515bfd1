"""Writing: items and what they add to the roll-ups, in one transaction, once."""

import asyncio
from collections.abc import Iterable, Mapping

from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import observation, roll_up
from pulso_trends.domain.mentions import count
from pulso_trends.domain.words import words
from pulso_trends.store.mention_tables import MENTION
from pulso_trends.store.mentions import remark
from pulso_trends.store.rows import row_values
from pulso_trends.store.tables import FEEDBACK, ROLLUP
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.topic_tables import TOPIC_DAY
from pulso_trends.store.topics import TopicsInUse
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from pulso_trends.store.upsert import add_to_cells
from pulso_trends.store.voices import hear


async def index(
    database: Database,
    events: Iterable[FeedbackScored],
    *,
    taxonomy: TaxonomyInUse | None = None,
    topics: TopicsInUse | None = None,
) -> list[FeedbackScored]:
    """Stores the events that are not stored yet and adds them to all counts: all of this, or nothing.

    Args:
        database: Where to.
        events: What to store.
        taxonomy: What the process knows of it; by default it is read anew.
        topics: What the process knows of them; by default they are read anew.

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
        said = await asyncio.to_thread(lambda: {event.id: words(event.text) for event in new})
        voices = await hear(database, connection, new, said)
        rows = [
            {"seq": place, **row_values(event), "voice": event.id in voices}
            for place, event in enumerate(new, start=seq + 1)
        ]
        if rows:
            await connection.execute(insert(FEEDBACK), rows)
        await add_to_cells(database, connection, ROLLUP, roll_up(map(observation, new)))
        remarks = [remark(event, said[event.id], voice=event.id in voices) for event in new]
        counted_by = await (taxonomy or TaxonomyInUse()).current(connection)
        counted = count(remarks, counted_by, await (topics or TopicsInUse()).current(connection))
        await add_to_cells(database, connection, MENTION, counted.mentions)
        await add_to_cells(database, connection, TOPIC_DAY, counted.topics)
    return new


async def _not_stored(
    connection: AsyncConnection, events: Mapping[str, FeedbackScored]
) -> list[FeedbackScored]:
    """The events that are new, in their order; nobody else can store them meanwhile."""
    found = await connection.execute(select(FEEDBACK.c.id).where(FEEDBACK.c.id.in_(sorted(events))))
    known = set(found.scalars())
    return [event for identifier, event in events.items() if identifier not in known]
