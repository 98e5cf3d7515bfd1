"""The check of the bulk filler: the indexer makes the same tables of the same items, row by row."""

from typing import Any, Final

from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from pulso_trends.domain.voices import MEMORY_DAYS
from pulso_trends.store.indexing import index
from pulso_trends.store.tables import FEEDBACK
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.topics import TopicsInUse
from pulso_trends.store.voices import forget
from sqlalchemy import RowMapping, select, text

from bench.trends_speed.crowd import LAST_DAY

TABLES: Final = (
    "feedback",
    "feedback_key",
    "rollup",
    "rating",
    "mention",
    "topic_day",
    "text_print",
    "person_day",
)
_BATCH: Final = 500


async def index_same(filled: Database, empty: Database) -> None:
    """Let the indexer store the items of a filled database in an empty one, and forget as the watch does."""
    taxonomy, topics = TaxonomyInUse(), TopicsInUse()
    async with filled.engine.connect() as connection:
        rows = (await connection.execute(select(FEEDBACK).order_by(FEEDBACK.c.seq))).mappings().all()
    events = [_event(row) for row in rows]
    for first in range(0, len(events), _BATCH):
        await index(empty, events[first : first + _BATCH], taxonomy=taxonomy, topics=topics)
    await forget(empty, LAST_DAY - MEMORY_DAYS)


async def differing(one: Database, other: Database) -> list[str]:
    """Return the tables whose rows are not the same in both."""
    return [table for table in TABLES if await _rows(one, table) != await _rows(other, table)]


def _event(row: RowMapping) -> FeedbackScored:
    moods = {name: row[name] for name in ("negative", "neutral", "positive")}
    return FeedbackScored.model_validate({**row, "probabilities": moods, "flags": row["flags"].split()})


async def _rows(database: Database, table: str) -> list[tuple[Any, ...]]:
    async with database.engine.connect() as connection:
        found = await connection.execute(text(f"SELECT * FROM {table}"))
        return sorted(map(tuple, found), key=repr)
