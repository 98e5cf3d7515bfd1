"""Writing: items and what they add to the roll-ups, in one transaction, once."""

import asyncio
from collections.abc import Iterable
from typing import NamedTuple

from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cube import observation, roll_up
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.mentions import count
from pulso_trends.domain.ratings.cells import roll_up_ratings
from pulso_trends.domain.words import words
from pulso_trends.store.mention_tables import MENTION
from pulso_trends.store.mentions import remark
from pulso_trends.store.partitions import make_room
from pulso_trends.store.rating_tables import RATING
from pulso_trends.store.retention import kept_from
from pulso_trends.store.rows import row_values
from pulso_trends.store.tables import FEEDBACK, FEEDBACK_KEY, ROLLUP
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.topic_tables import TOPIC_DAY
from pulso_trends.store.topics import TopicsInUse
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from pulso_trends.store.upsert import add_to_cells
from pulso_trends.store.voices import hear


class Outcome(NamedTuple):
    """The events that are stored now, and those of days that are forgotten; all others were known."""

    new: list[FeedbackScored]
    too_old: list[FeedbackScored]


async def index(
    database: Database,
    events: Iterable[FeedbackScored],
    *,
    taxonomy: TaxonomyInUse | None = None,
    topics: TopicsInUse | None = None,
) -> Outcome:
    """Stores the events that are not stored yet and adds them to all counts: all of this, or nothing.

    Args:
        database: Where to.
        events: What to store.
        taxonomy: What the process knows of it; by default it is read anew.
        topics: What the process knows of them; by default they are read anew.

    Returns:
        What became of them. Of several with one id the first counts.

    Raises:
        StoreUnavailable: The database cannot do it now.
        Unstorable: It refuses the values of one of them.
    """
    by_id: dict[str, FeedbackScored] = {}
    for event in events:
        by_id.setdefault(event.id, event)
    if not by_id:
        return Outcome([], [])
    async with core_transaction(database) as connection:
        seq = await take_turn(connection, places=len(by_id))
        new, too_old = await _sorted_out(connection, list(by_id.values()))
        said = await asyncio.to_thread(lambda: {event.id: words(event.text) for event in new})
        voices = await hear(database, connection, new, said)
        rows = [
            {"seq": place, **row_values(event), "voice": event.id in voices}
            for place, event in enumerate(new, start=seq + 1)
        ]
        if rows:
            if not database.is_sqlite:
                await make_room(connection, (event.created_at for event in new))
            await connection.execute(insert(FEEDBACK), rows)
            keys = [{name: row[name] for name in ("id", "seq", "created_at")} for row in rows]
            await connection.execute(insert(FEEDBACK_KEY), keys)
        seen = [observation(event) for event in new]
        await add_to_cells(database, connection, ROLLUP, roll_up(seen))
        await add_to_cells(database, connection, RATING, roll_up_ratings(seen))
        remarks = [remark(event, said[event.id], voice=event.id in voices) for event in new]
        counted_by = await (taxonomy or TaxonomyInUse()).current(connection)
        counted = count(remarks, counted_by, await (topics or TopicsInUse()).current(connection))
        await add_to_cells(database, connection, MENTION, counted.mentions)
        await add_to_cells(database, connection, TOPIC_DAY, counted.topics)
    return Outcome(new, too_old)


async def _sorted_out(connection: AsyncConnection, events: list[FeedbackScored]) -> Outcome:
    """The events that are not known, in their order; nobody else can store them meanwhile."""
    ids = sorted(event.id for event in events)
    found = await connection.execute(select(FEEDBACK_KEY.c.id).where(FEEDBACK_KEY.c.id.in_(ids)))
    known = set(found.scalars())
    unknown = [event for event in events if event.id not in known]
    day = await kept_from(connection)
    if day is None:
        return Outcome(unknown, [])
    first = start_of_day(day)
    return Outcome(
        [event for event in unknown if event.created_at >= first],
        [event for event in unknown if event.created_at < first],
    )
