"""Databases of several sizes, and what the same questions cost in each."""

import gc
import statistics
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from pulso_kit.database import Database
from pulso_trends.domain.concepts import Concept, Taxonomy, shipped_concepts
from pulso_trends.store.discovering import discover_terms
from pulso_trends.store.mention_tables import TAXONOMY_STATE
from pulso_trends.store.migrate import migrate
from pulso_trends.store.taxonomy import add_concepts, read_taxonomy
from pulso_trends.store.watching import look_at
from sqlalchemy import text, update

from bench.report import Report
from bench.trends_speed.comparing import TABLES, differing, index_same
from bench.trends_speed.crowd import LAST_DAY, snippets
from bench.trends_speed.filling import Filler
from bench.trends_speed.questions import EMERGING, Ask, questions
from bench.trends_speed.scan import scan
from bench.trends_speed.targets import filling
from tests.fixtures.postgres import PostgresServer, running_postgres

ASKS: Final = 100
QUICK_ASKS: Final = 20
"""Times that each question is asked."""
CHECKED: Final = 3_000
"""Items that the indexer stores too, to compare."""
_WARM_UP: Final = 3
_SERIES_MS: Final = 10
_EMERGING_MS: Final = 300
_GROWTH: Final = 1.3
"""Most that ten times the items may cost."""

New = Callable[[], AbstractAsyncContextManager[Database]]


async def grow(report: Report, sizes: Sequence[int], *, heard: int) -> None:
    """Fill databases with more and more items and ask the same questions.

    Args:
        report: Takes the figures.
        sizes: Items, each ten times those before.
        heard: Items in which terms are discovered; all databases count the same ones.
    """
    with running_postgres() as server:
        terms = await _terms(heard)
        report.figure("concepts counted", len(shipped_concepts()) + len(terms))
        for name, new in {"SQLite": new_file, "PostgreSQL": lambda: new_schema(server)}.items():
            wrong = await differing_tables(new, terms)
            report.at_most(f"{name}: tables that are not as the indexer makes them", len(wrong), 0)
            await _ask_all(report, name, new, terms, sizes)


async def _ask_all(
    report: Report, name: str, new: New, terms: Sequence[Concept], sizes: Sequence[int]
) -> None:
    before: dict[str, float] = {}
    asks = QUICK_ASKS if report.quick else ASKS
    for size in sizes:
        async with new() as database:
            taxonomy, filler = await _filled(database, terms, size)
            started = time.perf_counter()
            tested = await look_at(database, LAST_DAY, size, taxonomy)
            at = f"{name}, {size:,} items"
            report.figure(f"{at}: series tested by a look", tested)
            report.figure(f"{at}: a look, seconds", time.perf_counter() - started)
            for table in TABLES:
                report.figure(f"{at}: rows of {table}", await _count(database, table))
            for question, ask in questions(database).items():
                seconds = await _timed(ask, asks)
                median = statistics.median(seconds)
                bound = _EMERGING_MS if question == EMERGING else _SERIES_MS
                report.figure(f"{at}: {question}, median ms", 1000 * median)
                report.at_most(f"{at}: {question}, p95 ms", 1000 * _p95(seconds), bound)
                if question in before:
                    growth = median / before[question]
                    report.at_most(f"{at}: {question}, time / that of a tenth", growth, _GROWTH)
                before[question] = median
        if name == "SQLite":
            for question, seconds in scan(filler.table, size, asks):
                report.figure(f"DuckDB, a scan of {size:,} items: {question}, p95 ms", 1000 * _p95(seconds))


async def differing_tables(new: New, terms: Sequence[Concept], items: int = CHECKED) -> list[str]:
    """Return the tables in which the indexer writes something else of the same items than is filled in."""
    async with new() as filled, new() as indexed:
        await _filled(filled, terms, items)
        await _know(indexed, terms)
        await index_same(filled, indexed)
        return await differing(filled, indexed)


async def _terms(heard: int) -> list[Concept]:
    """Return the terms that Pulso discovers in what the crowd writes."""
    async with new_file() as database:
        taxonomy, _ = await _filled(database, (), heard)
        await discover_terms(database, taxonomy, LAST_DAY, heard)
        known = await read_taxonomy(database)
    return [each for each in known.concepts if each.id in known.discovered]


async def _filled(database: Database, terms: Sequence[Concept], items: int) -> tuple[Taxonomy, Filler]:
    taxonomy = await _know(database, terms)
    filler = Filler(snippets(), taxonomy, items)
    async with filling(database, items) as target:
        await filler.fill(target)
    return taxonomy, filler


async def _know(database: Database, terms: Sequence[Concept]) -> Taxonomy:
    """Let an empty database count these terms too; there is nothing to count anew."""
    if terms:
        await add_concepts(database, terms, discovered=True)
        async with database.engine.begin() as connection:
            await connection.execute(update(TAXONOMY_STATE).values(recount_below=None))
    return Taxonomy([*shipped_concepts(), *terms])


async def _timed(ask: Ask, asks: int) -> list[float]:
    for _ in range(_WARM_UP):
        await ask()
    gc.collect()
    gc.freeze()  # as `pulso_kit.server` does
    seconds = []
    for _ in range(asks):
        started = time.perf_counter()
        await ask()
        seconds.append(time.perf_counter() - started)
    gc.unfreeze()
    return seconds


def _p95(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(0.95 * len(seconds))]


async def _count(database: Database, table: str) -> int:
    async with database.engine.connect() as connection:
        return int(await connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


@asynccontextmanager
async def new_file() -> AsyncIterator[Database]:
    """Give an SQLite file with the service's tables, for as long as the block lasts."""
    with TemporaryDirectory(prefix="pulso-bench-") as folder:
        async with _open(f"sqlite:///{Path(folder) / 'trends.db'}") as database:
            yield database


@asynccontextmanager
async def new_schema(server: PostgresServer) -> AsyncIterator[Database]:
    """Give a database of a server with the service's tables, for as long as the block lasts."""
    url = server.create_database()
    async with _open(url) as database:
        yield database
    server.drop_database(url)


@asynccontextmanager
async def _open(url: str) -> AsyncIterator[Database]:
    database = Database(url, application="pulso-bench")
    await migrate(database)
    yield database
    await database.close()
