"""Reading what is said of topics."""

import asyncio
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from pulso_kit.database import Database
from sqlalchemy import ColumnElement, Table, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.mentions import COUNTS
from pulso_trends.domain.topics.answer import TopicCounts
from pulso_trends.domain.topics.topics import Topics
from pulso_trends.domain.words import words
from pulso_trends.store.tables import FEEDBACK
from pulso_trends.store.topic_tables import TOPIC_DAY
from pulso_trends.store.transaction import core_transaction

_READ_FOR_EXAMPLES: Final = 500
"""Voices, the newest first, among which examples of all topics are looked for."""
EXAMPLES: Final = 3


class TopicQuestion(NamedTuple):
    """The days from `first` up to but not including `stop`; empty filters narrow nothing."""

    first: int
    stop: int
    regions: Sequence[str]
    channels: Sequence[str]

    @property
    def before(self) -> int:
        """The first day of the period before, which is as long."""
        return 2 * self.first - self.stop


async def read_topic_counts(database: Database, question: TopicQuestion) -> list[TopicCounts]:
    """Return the counts of the period and the voices of the one before, by topic and channel.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    recent = TOPIC_DAY.c.day >= question.first
    sums = [func.sum(case((recent, TOPIC_DAY.c[name]), else_=0)) for name in COUNTS]
    earlier = func.sum(case((recent, 0), else_=TOPIC_DAY.c.voices))
    statement = (
        select(TOPIC_DAY.c.topic, TOPIC_DAY.c.channel, *sums, earlier)
        .where(
            TOPIC_DAY.c.day >= question.before,
            TOPIC_DAY.c.day < question.stop,
            *_narrowed(TOPIC_DAY, question),
        )
        .group_by(TOPIC_DAY.c.topic, TOPIC_DAY.c.channel)
        .order_by(TOPIC_DAY.c.topic, TOPIC_DAY.c.channel)
    )
    async with core_transaction(database) as connection:
        rows = await connection.execute(statement)
        return [
            TopicCounts(topic, channel, [int(each) for each in counts], int(voices))
            for topic, channel, *counts, voices in rows
        ]


async def read_examples(
    database: Database, question: TopicQuestion, taxonomy: Taxonomy, topics: Topics
) -> dict[int, list[str]]:
    """Return the ids of some of the newest voices of the period, by the topic in which they are at home.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        rows = await _newest(connection, question)
    return await asyncio.to_thread(_by_home, rows, taxonomy, topics)


async def _newest(connection: AsyncConnection, question: TopicQuestion) -> Sequence[Any]:
    created = FEEDBACK.c.created_at
    statement = (
        select(FEEDBACK.c.id, FEEDBACK.c.text, FEEDBACK.c.aspects)
        .where(
            created >= start_of_day(question.first),
            created < start_of_day(question.stop),
            FEEDBACK.c.voice.is_(True),
            *_narrowed(FEEDBACK, question),
        )
        .order_by(created.desc(), FEEDBACK.c.seq.desc())
        .limit(_READ_FOR_EXAMPLES)
    )
    return (await connection.execute(statement)).all()


def _by_home(rows: Sequence[Any], taxonomy: Taxonomy, topics: Topics) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for row in rows:
        aspects = {each["aspect"] for each in row.aspects}
        several = found.setdefault(topics.home(taxonomy.mentioned(words(row.text)) | aspects), [])
        if len(several) < EXAMPLES:
            several.append(row.id)
    return found


def _narrowed(table: Table, question: TopicQuestion) -> list[ColumnElement[bool]]:
    chosen = {"region": question.regions, "channel": question.channels}
    return [table.c[column].in_(values) for column, values in chosen.items() if values]
