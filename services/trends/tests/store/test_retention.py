"""What is forgotten is gone, stays counted, and is never counted again."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

import pytest
from pulso_contracts.emerging import ConceptKind
from pulso_kit.database import Database
from pulso_kit.health import Heartbeat
from pulso_trends.domain.concepts import Concept
from pulso_trends.domain.filters import ItemFilters
from pulso_trends.domain.lima import day_of_hour, hour_of, start_of_day
from pulso_trends.store import retention
from pulso_trends.store.indexing import index
from pulso_trends.store.items import find_item, search
from pulso_trends.store.partitions import partition_names
from pulso_trends.store.recount import recount
from pulso_trends.store.retention import forget_some, oldest_item
from pulso_trends.store.taxonomy import TaxonomyInUse, add_concepts
from pulso_trends.worker.watch import Watch
from sqlalchemy import event, text

NOW = datetime(2026, 11, 20, 17, tzinfo=UTC)
KEPT_DAYS = 200
BORDER = day_of_hour(hour_of(NOW)) - KEPT_DAYS
"""The 4th of May: some of its month is kept."""
COUNTED = ("rollup", "rating", "mention")
TABLES = (*COUNTED, "feedback", "feedback_key", "text_print", "person_day")


def history(scored, items=36):
    """Items of the last 297 days, three on a day, and two at the border."""
    moments = [NOW - timedelta(days=27 * (number // 3), minutes=number) for number in range(items)]
    moments += [start_of_day(BORDER), start_of_day(BORDER) - timedelta(microseconds=1)]
    return [
        scored(
            f"El ceviche número {number} estuvo bacán",
            created_at=moment,
            region=("Lima", "Cusco", None)[number % 3],
            customer=f"c{number % 7}",
            aspects={"sabor": "positive"} if number % 2 else {},
            rating=number % 5 + 1 if number % 3 else None,
        )
        for number, moment in enumerate(moments)
    ]


async def rows(database, tables=TABLES):
    async with database.engine.connect() as connection:
        found = {}
        for table in tables:
            listed = await connection.execute(text(f"SELECT * FROM {table}"))
            found[table] = sorted(map(repr, listed.all()))
        return found


def watch(database, days=KEPT_DAYS):
    return Watch(database, TaxonomyInUse(), seconds=1, heartbeat=Heartbeat(60), retention_days=days)


async def rest(database, days=KEPT_DAYS, now=NOW):
    watching = watch(database, days)
    while await watching.turn(now):
        pass


async def stored_days(database):
    async with database.engine.connect() as connection:
        found = await connection.execute(text("SELECT id FROM feedback"))
        return set(found.scalars())


def young(events):
    return [event for event in events if event.created_at >= start_of_day(BORDER)]


async def test_texts_of_old_days_go_and_their_counts_stay(database, scored):
    events = history(scored)
    await index(database, events)
    await rest(database, days=None)
    before = await rows(database, COUNTED)
    await rest(database)
    assert await rows(database, COUNTED) == before
    assert await stored_days(database) == {event.id for event in young(events)}
    assert 0 < len(young(events)) < len(events)
    assert await oldest_item(database) == start_of_day(BORDER)
    old = min(events, key=lambda event: event.created_at)
    assert await find_item(database, old.id) is None
    if not database.is_sqlite:
        async with database.engine.connect() as connection:
            assert (await partition_names(connection))[0] == "feedback_2026_05"


async def test_by_default_nothing_is_forgotten(database, scored):
    events = history(scored)
    await index(database, events)
    await rest(database, days=None)
    assert await stored_days(database) == {event.id for event in events}
    late = scored(created_at=NOW - timedelta(days=900))
    assert await index(database, [late]) == ([late], [])


async def test_a_replay_of_everything_changes_nothing(database, scored):
    events = history(scored)
    await index(database, events)
    await rest(database)
    before = await rows(database)
    for seed in range(2):
        replay = random.Random(seed).sample(events, len(events))
        for first in range(0, len(replay), 10):
            assert await index(database, replay[first : first + 10]) == ([], [])
        assert await rows(database) == before


async def test_what_comes_late_for_a_forgotten_day_is_neither_stored_nor_counted(database, scored):
    await index(database, history(scored))
    await rest(database)
    before = await rows(database)
    border = start_of_day(BORDER)
    late, last = scored(created_at=border - timedelta(microseconds=1)), scored(created_at=border)
    assert await index(database, [late]) == ([], [late])
    assert await rows(database) == before
    assert await index(database, [late, last]) == ([last], [late])


async def test_a_forgotten_item_that_is_sent_with_a_new_date_is_not_counted_again(database, scored):
    old = scored(created_at=NOW - timedelta(days=300))
    await index(database, [old, scored()])
    await rest(database)
    before = await rows(database)
    assert await index(database, [old.model_copy(update={"created_at": NOW})]) == ([], [])
    assert await rows(database) == before


async def test_a_new_concept_leaves_the_counts_of_forgotten_days_alone(database, scored):
    events = history(scored)
    await index(database, events)
    await rest(database)
    before = await rows(database, COUNTED)
    await add_concepts(database, [Concept("numero", ConceptKind.TERM, "número", "number")])
    await rest(database)
    async with database.engine.connect() as connection:
        days = await connection.execute(text("SELECT DISTINCT day FROM mention WHERE concept = 'numero'"))
        assert min(days.scalars()) == BORDER
    async with database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM mention WHERE concept = 'numero'"))
    assert await rows(database, COUNTED) == before


async def test_a_recount_finds_nothing_wrong_with_forgotten_days(database, scored):
    events = history(scored)
    await index(database, events)
    whole = await recount(database)
    await rest(database)
    before = await rows(database, COUNTED)
    found = await recount(database, repair=True)
    assert (found.items, found.wrong_cells) == (len(young(events)), 0)
    assert found.days < whole.days
    assert await rows(database, COUNTED) == before
    async with database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM rollup"))
        await connection.execute(text("DELETE FROM rating"))
    await recount(database, repair=True)
    assert (await recount(database)).cells == found.cells


@pytest.fixture
def small_batches(monkeypatch):
    monkeypatch.setattr(retention, "BATCH", 2)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("parts", [0, 1, 4, 6])
async def test_a_kill_between_two_parts_leaves_all_counts_true(database, scored, parts):
    events = history(scored)
    await index(database, events)
    before = await rows(database, COUNTED)
    for _ in range(parts):
        await forget_some(database, BORDER)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE taxonomy_state SET recount_below = 30000"))
        await connection.execute(text("UPDATE index_position SET ratings_below = 30000"))
    await asyncio.gather(
        index(database, random.Random(parts).sample(events, 30)),
        recount(database, repair=True),
        rest(database, days=None),
    )
    assert await rows(database, COUNTED) == before
    while await forget_some(database, BORDER) is not None:
        pass
    assert await rows(database, COUNTED) == before
    assert await stored_days(database) == {event.id for event in young(events)}


@pytest.mark.usefixtures("small_batches")
async def test_several_watches_and_indexers_beside_each_other(database_url, database, scored):
    events = history(scored)
    await index(database, events)
    before = await rows(database, COUNTED)
    others = [Database(database_url, application="pulso-trends-tests") for _ in range(2)]

    async def forget_all(each):
        forgotten = 0
        while (part := await forget_some(each, BORDER)) is not None:
            forgotten += part
        return forgotten

    *forgotten, _, _ = await asyncio.gather(
        *map(forget_all, others), index(database, events[:20]), index(database, events[20:])
    )
    assert sum(forgotten) == len(events) - len(young(events))
    assert await rows(database, COUNTED) == before
    for each in others:
        await each.close()


async def test_a_longer_retention_brings_no_day_back(database, scored):
    await index(database, history(scored))
    await rest(database)
    await rest(database, days=KEPT_DAYS + 100)
    await rest(database, days=None)
    late = scored(created_at=start_of_day(BORDER - 1))
    assert await index(database, [late]) == ([], [late])


async def test_pages_go_on_over_the_border(database, scored):
    events = history(scored)
    await index(database, events)
    kept = len(young(events))
    page, cursor = await search(database, ItemFilters(), limit=kept + 5, after=None)
    assert len(page) == kept + 5
    await rest(database)
    assert await search(database, ItemFilters(), limit=50, after=cursor) == ([], None)
    page, cursor = await search(database, ItemFilters(), limit=kept - 1, after=None)
    assert [len(page), cursor is None] == [kept - 1, False]
    page, cursor = await search(database, ItemFilters(), limit=50, after=cursor)
    assert [len(page), cursor] == [1, None]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
async def test_a_long_reader_puts_forgetting_off_and_nothing_else(database, scored, monkeypatch):
    monkeypatch.setattr("pulso_trends.store.partitions._LOCK_TIMEOUT", "50ms")
    await index(database, history(scored))
    async with database.engine.connect() as reading:
        await reading.execute(text("SELECT count(*) FROM feedback"))
        await rest(database)
        async with database.engine.connect() as connection:
            looked = await connection.execute(text("SELECT looked_at FROM watch_state"))
            assert looked.scalar_one() is not None
        assert (await oldest_item(database)) < start_of_day(BORDER)
        await index(database, [scored()])
    await rest(database)
    assert await oldest_item(database) == start_of_day(BORDER)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_forgotten_text_is_overwritten_in_the_file(database, database_url, scored):
    # Some builds of SQLite do so by themselves: here, one that does not.
    await database.engine.dispose()
    event.listen(
        database.engine.sync_engine,
        "connect",
        lambda connection, _: connection.cursor().execute("PRAGMA secure_delete = OFF"),
    )
    secret = "Soy Rosaura Quispe del pasaje Los Alhelíes"
    await index(database, [scored(secret, created_at=NOW - timedelta(days=400)), scored()])
    path = database_url.removeprefix("sqlite:///")

    async def on_disk():
        async with database.engine.connect() as connection:
            await connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        with open(path, "rb") as file:  # noqa: ASYNC230, PTH123 - a small file
            return secret.encode() in file.read()

    assert await on_disk()
    await rest(database)
    assert not await on_disk()
