"""The counts of what people talk about, from events and from stored items."""

import asyncio
from collections.abc import Sequence
from typing import Any

from pulso_contracts.events import FeedbackScored
from pulso_contracts.scoring import AspectSentiment, Sentiment
from pulso_kit.database import Database
from sqlalchemy import Row, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.lima import day_of_hour, hour_of, start_of_day
from pulso_trends.domain.mentions import Remark, count
from pulso_trends.domain.words import words
from pulso_trends.store.mention_tables import MENTION, TAXONOMY_STATE, WATCH_STATE
from pulso_trends.store.retention import last_day_before
from pulso_trends.store.tables import FEEDBACK
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.topic_tables import TOPIC_DAY
from pulso_trends.store.topics import read_topics
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from pulso_trends.store.upsert import add_to_cells

_COUNTED = ("created_at", "region", "channel", "text", "voice", "sentiment", "score", "aspects")


async def first_day(database: Database) -> int | None:
    """Return the oldest day of which anything is counted.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        oldest: int | None = await connection.scalar(select(func.min(MENTION.c.day)))
    return oldest


async def recount_next_day(database: Database, taxonomy: TaxonomyInUse) -> bool:
    """Count the newest of the days anew that are due for it, and return whether one was.

    Days whose texts are forgotten keep the counts they have. Each day is counted by the taxonomy of its own
    transaction: concepts may be added, or another release take over, between two days.

    Raises:
        StoreUnavailable: The database cannot do it now; the days before are done.
    """
    async with core_transaction(database) as connection:
        await take_turn(connection)
        now = await taxonomy.current(connection)  # first: after a change it makes all days due
        below: int | None = await connection.scalar(select(TAXONOMY_STATE.c.recount_below))
        if below is None:
            return False
        day = await last_day_before(connection, below)
        if day is None:
            # The last look saw other counts: another is due, whether items have come or not.
            await connection.execute(update(WATCH_STATE).values(seen_seq=0))
        else:
            await _recount_day(database, connection, day, now)
        await connection.execute(update(TAXONOMY_STATE).values(recount_below=day))
    return True


async def _recount_day(database: Database, connection: AsyncConnection, day: int, taxonomy: Taxonomy) -> None:
    created = FEEDBACK.c.created_at
    rows = await connection.execute(
        select(*(FEEDBACK.c[name] for name in _COUNTED)).where(
            created >= start_of_day(day), created < start_of_day(day + 1)
        )
    )
    remarks = map(_remark_of_row, rows.all())
    counted = await asyncio.to_thread(count, remarks, taxonomy, await read_topics(connection))
    await connection.execute(delete(MENTION).where(MENTION.c.day == day))
    await connection.execute(delete(TOPIC_DAY).where(TOPIC_DAY.c.day == day))
    await add_to_cells(database, connection, MENTION, counted.mentions)
    await add_to_cells(database, connection, TOPIC_DAY, counted.topics)


def remark(event: FeedbackScored, said: Sequence[str], *, voice: bool) -> Remark:
    """What is counted of an event; `said` are the words of its text."""
    return Remark(
        day_of_hour(hour_of(event.created_at)),
        event.region or "",
        event.channel.value,
        said,
        voice,
        (event.sentiment, event.score),
        tuple(event.aspects),
    )


def _remark_of_row(row: Row[Any]) -> Remark:
    return Remark(
        day_of_hour(hour_of(row.created_at)),
        row.region or "",
        row.channel,
        words(row.text),
        row.voice,
        (Sentiment(row.sentiment), row.score),
        tuple(AspectSentiment.model_validate(each) for each in row.aspects),
    )
