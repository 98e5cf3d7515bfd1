"""On PostgreSQL each month of items lies apart, and questions read only the months that they are about."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from pulso_kit.database import Database
from pulso_trends.domain.cursor import ItemCursor
from pulso_trends.domain.filters import ItemFilters
from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.store.indexing import index
from pulso_trends.store.items import find_item, indexed_between, search
from pulso_trends.store.mentions import recount_next_day
from pulso_trends.store.partitions import make_room, partition_names
from pulso_trends.store.recount import recount
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

pytestmark = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)

MONTHS = 36
LAST = datetime(2026, 11, 20, 17, tzinfo=UTC)


async def names(database):
    async with database.engine.connect() as connection:
        return await partition_names(connection)


def in_many_months(scored):
    return [scored(created_at=LAST - timedelta(days=30.4 * number)) for number in range(MONTHS)]


async def test_a_partition_appears_with_the_first_item_of_its_month(database, scored):
    assert await names(database) == []
    moments = ("2026-12-01T04:59:59Z", "2026-12-01T05:00:00Z", "2001-05-01T00:00:00Z", "2199-05-01T00:00:00Z")
    await index(database, [scored(created_at=moment) for moment in moments])
    await index(database, [scored(created_at=moment) for moment in moments])
    assert await names(database) == ["feedback_2000", "feedback_2026_11", "feedback_2026_12", "feedback_2050"]
    assert (await recount(database)).items == 8


async def test_writers_at_the_turn_of_a_month_all_get_through(database_url, database, scored):
    databases = [Database(database_url, application=f"writer {number}") for number in range(4)]
    batches = [
        [scored(created_at=datetime(2026, 12, 1, 4, 58, tzinfo=UTC) + timedelta(minutes=n)) for n in range(4)]
        for _ in range(12)
    ]
    outcomes = await asyncio.gather(
        *(index(databases[number % 4], batch) for number, batch in enumerate(batches))
    )
    assert sum(len(outcome.new) for outcome in outcomes) == 48
    assert await names(database) == ["feedback_2026_11", "feedback_2026_12"]
    for each in databases:
        await each.close()


async def test_readers_and_a_new_month_do_not_wait_for_each_other(database, scored):
    [first, second] = [scored(), scored(created_at="2026-12-24T12:00:00Z")]
    await index(database, [first])
    async with database.transaction() as reading:
        await reading.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        assert len((await reading.exec(text("SELECT id FROM feedback"))).all()) == 1
        async with asyncio.timeout(10):
            await index(database, [second])
    assert await find_item(database, second.id) is not None


async def test_a_writer_that_dies_leaves_no_month_behind(database, scored):
    moment = datetime(2026, 12, 24, tzinfo=UTC)

    async def die_half_way():
        async with core_transaction(database) as connection:
            await take_turn(connection)
            await make_room(connection, [moment])
            assert await partition_names(connection) == ["feedback_2026_12"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await die_half_way()
    assert await names(database) == []
    await index(database, [scored(created_at=moment)])
    assert await names(database) == ["feedback_2026_12"]


async def test_an_id_is_unique_over_all_months(database, scored):
    await index(database, [scored(id="a" * 32)])
    again = scored(id="a" * 32, created_at="2026-12-24T12:00:00Z")
    assert await index(database, [again]) == ([], [])
    with pytest.raises(IntegrityError):
        async with database.engine.begin() as connection:
            await connection.execute(text("INSERT INTO feedback_key SELECT * FROM feedback_key"))


class Explained:
    """The partitions that the questions to a database really read, by what EXPLAIN tells."""

    def __init__(self, database):
        self._database = database
        self._asked = []

    def __enter__(self):
        event.listen(self._database.engine.sync_engine, "before_cursor_execute", self._hear)
        return self

    def __exit__(self, *_):
        event.remove(self._database.engine.sync_engine, "before_cursor_execute", self._hear)

    def _hear(self, _connection, _cursor, statement, parameters, *_):
        if statement.startswith("SELECT") and re.search(r"FROM feedback\b", statement):
            self._asked.append((statement, parameters))

    async def read(self):
        found = []
        assert self._asked
        async with self._database.engine.connect() as connection:
            for statement, parameters in self._asked:
                plan = await connection.exec_driver_sql(
                    f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters
                )
                tree = plan.scalar_one()
                found.append(sorted(_scans(json.loads(tree) if isinstance(tree, str) else tree)))
        return found


def _scans(node):
    """Kind and partition of each scan that was executed."""
    if isinstance(node, list):
        for each in node:
            yield from _scans(each)
    elif isinstance(node, dict):
        if str(node.get("Relation Name", "")).startswith("feedback_2") and node["Actual Loops"]:
            yield node["Relation Name"], node["Node Type"]
        for each in node.values():
            yield from _scans(each)


@pytest.fixture
async def filled(database, scored):
    """Three years with enough items in each month for an index to be worth while."""
    await index(database, in_many_months(scored))
    async with database.engine.begin() as connection:
        columns = [
            each
            for each in (
                await connection.execute(
                    text(
                        "SELECT column_name FROM information_schema.columns "
                        "WHERE table_name = 'feedback' ORDER BY ordinal_position"
                    )
                )
            ).scalars()
            if each not in ("seq", "id")
        ]
        listed = ", ".join(columns)
        await connection.execute(
            text(
                f"INSERT INTO feedback (seq, id, {listed}) "
                f"SELECT seq + 100 * n, id || n, {listed} FROM feedback, generate_series(1, 300) n"
            )
        )
        await connection.execute(
            text("INSERT INTO feedback_key SELECT id, seq, created_at FROM feedback ON CONFLICT DO NOTHING")
        )
        await connection.execute(text("ANALYZE feedback"))
        await connection.execute(text("ANALYZE feedback_key"))
    return database


async def test_questions_about_days_read_their_month_only(filled):
    day = day_of_hour(hour_of(LAST))
    filters = ItemFilters(start=LAST - timedelta(days=3), end=LAST + timedelta(days=3))
    taxonomy = TaxonomyInUse()
    async with core_transaction(filled) as connection:
        await taxonomy.current(connection)
        await connection.execute(text(f"UPDATE taxonomy_state SET recount_below = {day + 1}"))
    with Explained(filled) as explained:
        await search(filled, filters, limit=50, after=None)
        await recount_next_day(filled, taxonomy)
        for scans in await explained.read():
            assert {name for name, _ in scans} == {"feedback_2026_11"}


async def test_an_item_is_found_by_its_id_in_its_month_by_an_index(filled):
    [sought], _ = await search(
        filled, ItemFilters(), limit=1, after=ItemCursor(LAST - timedelta(days=100), 0)
    )
    with Explained(filled) as explained:
        assert await find_item(filled, sought.id) == sought
        [scans] = await explained.read()
    assert scans == [("feedback_2026_07", "Index Scan")]


async def test_pages_read_no_month_that_they_do_not_reach(filled):
    with Explained(filled) as explained:
        _, cursor = await search(filled, ItemFilters(), limit=50, after=None)
        await search(filled, ItemFilters(), limit=50, after=cursor)
        await search(filled, ItemFilters(), limit=50, after=ItemCursor(LAST - timedelta(days=100), 0))
        newest, following, older = await explained.read()
    assert newest == following == [("feedback_2026_11", "Index Scan")]
    assert {name for name, _ in older} <= {"feedback_2026_08", "feedback_2026_07"}


async def test_the_live_feed_looks_up_places_in_each_month_by_an_index(filled):
    with Explained(filled) as explained:
        await indexed_between(filled, ItemFilters(), after=30, upto=36, limit=100)
        [scans] = await explained.read()
    assert {kind for _, kind in scans} <= {"Index Scan", "Bitmap Heap Scan"}
