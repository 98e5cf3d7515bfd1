"""Queries over time while history grows, on SQLite and PostgreSQL, beside a scan in DuckDB."""

import asyncio
import gc
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Final

import duckdb
from pulso_contracts.events import FeedbackScored
from pulso_contracts.trends import Bucket, GroupBy
from pulso_kit.database import Database
from pulso_kit.health import Heartbeat
from pulso_trends.domain.corrected import channels_of, with_corrected_shares
from pulso_trends.domain.filters import Filters
from pulso_trends.domain.period import period_between
from pulso_trends.domain.series import SeriesQuestion, answer
from pulso_trends.domain.shares import Correction
from pulso_trends.store.indexing import index
from pulso_trends.store.migrate import migrate
from pulso_trends.store.series import read_series
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.trends import read_trends
from pulso_trends.worker.watch import Watch

from bench.indexing import event
from bench.report import Report, main
from bench.serving.texts import real_texts
from tests.fixtures.postgres import running_postgres

SIZES: Final = (10_000, 100_000)
QUICK_SIZES: Final = (500, 5_000)
BATCH: Final = 1_000
DAYS: Final = 120
"""Days that the items cover, however many they are: a company that grows is heard more a day."""
ASKS: Final = 60
"""Times that each question is asked."""
NOW: Final = datetime(2026, 11, 20, 17, tzinfo=UTC)

CORRECTION: Final = Correction("bench", {"all": [[700, 200, 100], [150, 650, 200], [50, 150, 800]]})

Ask = Callable[[], Awaitable[object]]


def measure(report: Report) -> None:
    """Indexes more and more items and asks the same questions."""
    sizes = QUICK_SIZES if report.quick else SIZES
    with tempfile.TemporaryDirectory(prefix="pulso-bench-") as folder, running_postgres() as server:
        urls = {"SQLite": f"sqlite:///{Path(folder) / 'trends.db'}", "PostgreSQL": server.create_database()}
        for name, url in urls.items():
            asyncio.run(_grow(report, name, url, sizes))
    _scan(report, sizes[-1])
    report.figure("items", sizes[-1])


async def _grow(report: Report, name: str, url: str, sizes: Sequence[int]) -> None:
    database, taxonomy = Database(url, application="pulso-bench"), TaxonomyInUse()
    await migrate(database)
    before: dict[str, float] = {}
    done = 0
    for size in sizes:
        await _index(database, taxonomy, done, size)
        done = size
        watch = Watch(database, taxonomy, seconds=1, heartbeat=Heartbeat(600))
        while await watch.turn(NOW):
            pass
        for question, ask in _questions(database).items():
            seconds = await _timed(ask)
            p95 = sorted(seconds)[int(0.95 * len(seconds))]
            bound = 0.3 if question == "emerging" else 0.01
            if size == sizes[-1]:
                report.at_most(f"{name}: {question}, p95 seconds", p95, bound)
            if question in before:
                growth = statistics.median(seconds) / before[question]
                report.at_most(f"{name}: {question}, {size:,} items / a tenth of them, time", growth, 1.3)
            before[question] = statistics.median(seconds)
    await database.close()


async def _index(database: Database, taxonomy: TaxonomyInUse, first: int, stop: int) -> None:
    texts = list(islice(cycle(real_texts(2_048)), stop - first))
    spread = timedelta(days=DAYS) / (stop - first)
    events: list[FeedbackScored] = []
    for number, text in enumerate(texts, start=first):
        events.append(event(number, text, NOW - (number - first + 1) * spread))
        if len(events) == BATCH or number == stop - 1:
            await index(database, events, taxonomy=taxonomy)
            events = []


def _questions(database: Database) -> dict[str, Ask]:
    async def series(bucket: Bucket, group_by: GroupBy | None, filters: Filters) -> object:
        period = period_between(NOW - timedelta(days=90), NOW, bucket, now=NOW)
        question = SeriesQuestion(period, group_by, filters, 25)
        found = answer(question, await read_series(database, question))
        return with_corrected_shares(found, CORRECTION, await read_series(database, channels_of(question)))

    async def emerging() -> object:
        return await read_trends(
            database, places=(), kinds=(), statuses=(), concepts=(), explained=True, limit=100
        )

    return {
        "series of 90 days": lambda: series(Bucket.DAY, None, Filters()),
        "series of 90 days by department": lambda: series(Bucket.WEEK, GroupBy.REGION, Filters()),
        "series of one department by channel": lambda: series(
            Bucket.WEEK, GroupBy.CHANNEL, Filters(regions=("Lima",))
        ),
        "emerging": emerging,
    }


async def _timed(ask: Ask) -> list[float]:
    gc.collect()
    gc.freeze()  # what indexing left in this process is not the service's to look through
    seconds = []
    for _ in range(ASKS):
        started = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - started)
    return seconds


def _scan(report: Report, size: int) -> None:
    """The same series from a table of bare columns, in a columnar database in memory."""
    table = duckdb.connect()
    table.execute(
        f"CREATE TABLE feedback AS "
        f"SELECT TIMESTAMP '2026-07-23' + INTERVAL 1 SECOND * (n % {DAYS * 86_400}) AS moment, "
        f"n % 25 AS region, n % 7 AS channel, n % 3 AS sentiment, random() AS score FROM range({size}) t(n)"
    )
    question = (
        "SELECT region, date_trunc('week', moment), sentiment, count(*), avg(score) FROM feedback "
        "WHERE moment >= TIMESTAMP '2026-08-22' GROUP BY ALL"
    )
    seconds = []
    for _ in range(ASKS):
        started = time.perf_counter()
        table.execute(question).fetchall()
        seconds.append(time.perf_counter() - started)
    report.figure(
        "DuckDB, scan: series of 90 days by department, p95 seconds", sorted(seconds)[int(0.95 * ASKS)]
    )


if __name__ == "__main__":
    main(measure)
