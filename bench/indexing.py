"""Indexing against scoring: items per second into each database, with all counts; then the same once more."""

import asyncio
import hashlib
import statistics
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from pulso_contracts.events import FeedbackScored
from pulso_contracts.feedback import Channel
from pulso_contracts.peru import DEPARTMENTS
from pulso_kit.database import Database
from pulso_trends.store.indexing import index
from pulso_trends.store.mention_tables import MENTION, PERSON_DAY, TEXT_PRINT
from pulso_trends.store.migrate import migrate
from pulso_trends.store.rating_tables import RATING
from pulso_trends.store.tables import FEEDBACK, FEEDBACK_KEY, ROLLUP
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.topic_tables import TOPIC_DAY
from pulso_trends.store.topics import TopicsInUse
from sqlalchemy import select

from bench.report import Report, main
from bench.serving.bare import BareLoop
from bench.serving.texts import real_texts
from tests.fixtures.postgres import running_postgres

ITEMS: Final = 20_000
QUICK_ITEMS: Final = 4_000
BATCH: Final = 250
ROUNDS: Final = 5
QUICK_ROUNDS: Final = 2
PRODUCTS: Final = 200
PEOPLE: Final = 5_000
RATED: Final = 2
"""Of five items, how many carry stars: in reviews and surveys most do, elsewhere hardly any."""
BETWEEN: Final = timedelta(minutes=5)
"""From one item to the next: the items cover some ten weeks."""


def measure(report: Report) -> None:
    """Takes turns: a part of the items into a database, and the bare model over as many texts as it likes."""
    items, rounds = (QUICK_ITEMS, QUICK_ROUNDS) if report.quick else (ITEMS, ROUNDS)
    texts = real_texts(1_024)
    first = datetime(2026, 8, 1, tzinfo=UTC)
    events = [
        event(number, text, first + number * BETWEEN)
        for number, text in enumerate(islice(cycle(texts), items))
    ]
    bare = BareLoop(texts)
    with tempfile.TemporaryDirectory(prefix="pulso-bench-") as folder, running_postgres() as server:
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'trends.db'}", "PostgreSQL": server.create_database()}
        for name, url in urls.items():
            indexed, scored, changed = asyncio.run(_rates(url, events, bare, rounds))
            report.figure(f"{name}: items indexed per second", indexed)
            report.figure(f"{name}: texts per second of the bare model on all cores meanwhile", scored)
            report.at_least(f"{name}: indexing / the most that could be scored", indexed / scored, 2.0)
            report.at_most(f"{name}: tables that a replay of everything changes", changed, 0)


async def _rates(
    url: str, events: Sequence[FeedbackScored], bare: BareLoop, rounds: int
) -> tuple[float, float, int]:
    database = Database(url, application="pulso-bench")
    await migrate(database)
    taxonomy, topics = TaxonomyInUse(), TopicsInUse()
    indexed, scored = [], []
    part = len(events) // (rounds + 1)
    for number in range(rounds + 1):  # the first is not counted
        started = time.perf_counter()
        for first in range(number * part, (number + 1) * part, BATCH):
            batch = events[first : min(first + BATCH, (number + 1) * part)]
            await index(database, batch, taxonomy=taxonomy, topics=topics)
        if number:
            indexed.append(part / (time.perf_counter() - started))
            scored.append(bare.texts / bare.seconds())
    before = await _tables(database)
    known = events[: (rounds + 1) * part]
    for first in range(0, len(known), BATCH):
        await index(database, known[first : first + BATCH], taxonomy=taxonomy, topics=topics)
    after = await _tables(database)
    await database.close()
    changed = sum(before[name] != after[name] for name in before)
    return statistics.median(indexed), statistics.median(scored), changed


async def _tables(database: Database) -> dict[str, str]:
    """A digest of the rows of each table in which items are kept or counted."""
    digests = {}
    async with database.engine.connect() as connection:
        for table in (FEEDBACK, FEEDBACK_KEY, ROLLUP, RATING, MENTION, TOPIC_DAY, TEXT_PRINT, PERSON_DAY):
            rows = await connection.execute(select(table).order_by(*table.primary_key))
            digests[table.name] = hashlib.sha256("\n".join(map(repr, rows)).encode()).hexdigest()
    return digests


def event(number: int, text: str, created: datetime) -> FeedbackScored:
    """A scored item; all its fields but the text follow from its number."""
    channels, sentiments = list(Channel), ("negative", "neutral", "positive")
    opinion = {"aspect": "sabor", "term": "rico", "sentiment": "positive", "score": 0.8}
    return FeedbackScored.model_validate(
        {
            "id": hashlib.sha256(str(number).encode()).hexdigest()[:32],
            "accepted_at": created,
            "created_at": created,
            "scored_at": created,
            "text": f"{text} {number}",
            "channel": channels[number % len(channels)],
            "language": "es",
            "region": DEPARTMENTS[number % len(DEPARTMENTS)].name,
            "product": f"product {number * 7 % PRODUCTS}",
            "customer": f"customer {number * 13 % PEOPLE}",
            "rating": number % 5 + 1 if number // 5 % 5 < RATED else None,
            "sentiment": sentiments[number % 3],
            "probabilities": {"negative": 0.1, "neutral": 0.1, "positive": 0.8},
            "score": 0.7,
            "aspects": [opinion] if number % 2 else [],
            "model_version": "bench",
        }
    )


if __name__ == "__main__":
    main(measure)
