"""The topics of now, by which items are counted, and their change."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import NamedTuple

from pulso_kit.database import Database
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.mentions import EVERYTHING
from pulso_trends.domain.topics.regrouping import Grouped
from pulso_trends.domain.topics.topics import Member, Topic, Topics
from pulso_trends.store.mention_tables import MENTION, TAXONOMY_STATE
from pulso_trends.store.taxonomy import start_recount
from pulso_trends.store.topic_tables import TOPIC, TOPIC_STATE
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn


class TopicsInUse:
    """The topics by which this process counts; kept in step with the database."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._topics = Topics()

    async def current(self, connection: AsyncConnection) -> Topics:
        """Return the topics of now; the caller has the writers' turn, so nobody changes them meanwhile."""
        version = (await connection.execute(select(TOPIC_STATE.c.version))).scalar_one()
        if version != self._version:
            self._topics, self._version = await read_topics(connection), version
        return self._topics


async def read_topics(connection: AsyncConnection) -> Topics:
    """Return the topics of now."""
    rows = await connection.execute(select(TOPIC))
    return Topics(
        Topic(row.id, row.label_es, row.label_en, tuple(Member(*each) for each in row.members))
        for row in rows
    )


class TopicsState(NamedTuple):
    """The topics of now and what they were made from, beside what they would be made from.

    `recounting` while history is not yet counted by the taxonomy and the topics of now; `fingerprint` is that
    of the taxonomy with which items are counted.
    """

    topics: Topics
    version: int
    next_id: int
    grouped_with: str
    grouped_at: datetime | None
    grouped_day: int | None
    grouped_seq: int
    fingerprint: str
    recounting: bool


async def topics_state(database: Database) -> TopicsState:
    """Return how topics stand.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        taxonomy = (await connection.execute(select(TAXONOMY_STATE))).one()
        state = (await connection.execute(select(TOPIC_STATE))).one()
        return TopicsState(
            await read_topics(connection),
            state.version,
            state.next_id,
            state.fingerprint,
            state.grouped_at,
            state.grouped_day,
            state.grouped_seq,
            taxonomy.fingerprint,
            taxonomy.recount_below is not None,
        )


async def read_voices(database: Database, day: int, least: int, known: Collection[str]) -> dict[str, int]:
    """Return the voices that mention each of the `known` concepts in the tested days up to `day`.

    `EVERYTHING` is among them, concepts with fewer than `least` voices are not.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    voices = func.sum(MENTION.c.voices)
    statement = (
        select(MENTION.c.concept, voices)
        .where(MENTION.c.day.between(day - REACH + 1, day))
        .group_by(MENTION.c.concept)
        .having(voices >= least)
    )
    async with core_transaction(database) as connection:
        rows = await connection.execute(statement)
        return {concept: int(count) for concept, count in rows if concept in known or concept == EVERYTHING}


async def keep_topics(
    database: Database, before: TopicsState, grouped: Grouped, *, model_version: str, day: int, seq: int
) -> bool:
    """Put new topics in the place of those `before`, and let history be counted by them if they differ.

    Args:
        database: Where to.
        before: What they were made from.
        grouped: Them.
        model_version: Of their vectors.
        day: On which they were made.
        seq: The last item that was indexed then.

    Returns:
        Whether they are kept: another process, or a change of the taxonomy, may have been faster.

    Raises:
        StoreUnavailable: The database cannot do it now.
    """
    changed = grouped.topics.all != before.topics.all
    async with core_transaction(database) as connection:
        await take_turn(connection)
        fingerprint = (await connection.execute(select(TAXONOMY_STATE.c.fingerprint))).scalar_one()
        state = (await connection.execute(select(TOPIC_STATE))).one()
        made = before.version, before.grouped_at, before.fingerprint
        if (state.version, state.grouped_at, fingerprint) != made:
            return False
        await connection.execute(
            update(TOPIC_STATE).values(
                version=before.version + changed,
                next_id=grouped.next_id,
                fingerprint=fingerprint,
                model_version=model_version,
                grouped_at=datetime.now(UTC),
                grouped_day=day,
                grouped_seq=seq,
            )
        )
        if changed:
            await connection.execute(delete(TOPIC))
            await connection.execute(insert(TOPIC), list(map(_row, grouped.topics.all)))
            await start_recount(connection)
    return True


def _row(topic: Topic) -> dict[str, object]:
    return {
        "id": topic.id,
        "label_es": topic.label_es,
        "label_en": topic.label_en,
        "members": [list(member) for member in topic.members],
    }
