"""Migrations lead from nothing to the tables that the code knows."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from pulso_contracts.trends import Bucket
from pulso_kit.database import Database
from pulso_kit.health import Heartbeat, Unhealthy
from pulso_trends.domain.filters import ItemFilters
from pulso_trends.domain.period import period_between
from pulso_trends.domain.series import SeriesQuestion
from pulso_trends.store.indexing import index
from pulso_trends.store.items import find_item, search
from pulso_trends.store.migrate import SCRIPTS, VERSION_TABLE, migrate, schema_check
from pulso_trends.store.partitions import partition_names
from pulso_trends.store.ratings import read_ratings
from pulso_trends.store.recount import count_next_day_of_ratings, recount
from pulso_trends.store.rows import row_values
from pulso_trends.store.tables import FEEDBACK, METADATA
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.worker.watch import Watch
from sqlalchemy import insert, inspect, text


def differences(connection):
    options = {"version_table": VERSION_TABLE, "compare_type": True}
    return compare_metadata(MigrationContext.configure(connection, opts=options), METADATA)


async def test_migrations_and_tables_agree(database):
    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrating_again_changes_nothing(database):
    await migrate(database)
    await schema_check(database)()


async def test_a_schema_of_another_release_is_not_ready(database):
    async with database.engine.begin() as connection:
        await connection.execute(
            text(f"UPDATE {VERSION_TABLE} SET version_num = 'other', oldest_reader = 'other'")
        )
    with pytest.raises(Unhealthy, match="revision other, not 0"):
        await schema_check(database)()


async def test_several_may_start_at_once(database_url):
    databases = [Database(database_url, application="pulso-trends-tests") for _ in range(4)]
    await asyncio.gather(*(migrate(database) for database in databases))
    await schema_check(databases[0])()
    for database in databases:
        await database.close()


async def move(database, revision, way=command.upgrade):
    def run(connection):
        config = Config()
        config.set_main_option("script_location", str(SCRIPTS))
        config.attributes["connection"] = connection
        way(config, revision)

    async with database.engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()


async def test_ratings_of_the_release_before_are_counted_by_the_watch(database_url, scored):
    now = datetime(2026, 11, 20, 17, tzinfo=UTC)
    events = [
        scored(rating=number % 6 or None, created_at=now - timedelta(days=9 * number)) for number in range(15)
    ]
    database = Database(database_url, application="pulso-trends-tests")
    await move(database, "head")
    await index(database, events)
    await move(database, "0006", command.downgrade)
    await move(database, "head")
    new = scored(rating=3, created_at=now - timedelta(days=9))
    await index(database, [new])
    question = SeriesQuestion(period_between(now - timedelta(days=300), now, Bucket.MONTH, now=now))
    assert (await read_ratings(database, question)).recounting

    watch = Watch(database, TaxonomyInUse(), seconds=1, heartbeat=Heartbeat(60))
    while await watch.turn(now):
        pass
    found = await read_ratings(database, question)
    assert not found.recounting
    assert sum(sum(cells.tally[:5]) for cells in found.rated) == 1 + sum(
        event.rating is not None for event in events
    )
    assert (await recount(database)).wrong_cells == 0
    await database.close()


async def test_a_new_database_has_no_ratings_to_count(database, scored):
    await index(database, [scored(rating=5)])
    assert not await count_next_day_of_ratings(database)


async def feedback(database):
    async with database.engine.connect() as connection:
        rows = await connection.execute(text("SELECT * FROM feedback ORDER BY seq"))
        return [dict(row) for row in rows.mappings()]


async def keys(database):
    def look(connection):
        found = inspect(connection)
        unique = [each["column_names"] for each in found.get_unique_constraints("feedback")]
        return found.get_pk_constraint("feedback")["constrained_columns"], unique

    async with database.engine.connect() as connection:
        return await connection.run_sync(look)


MOMENTS = (
    "2001-01-01T12:00:00Z",
    "2024-02-29T12:00:00Z",
    "2026-11-30T23:59:59.999999-05:00",
    "2026-12-01T00:00:00-05:00",
    "2199-12-31T12:00:00Z",
)


async def test_items_of_the_release_before_move_into_months_and_back(database_url, scored):
    events = [
        scored(f"Qué rico ají número {number}", created_at=moment, metadata={"mesa": 4}, flags=["redacted"])
        for number, moment in enumerate(MOMENTS * 20)
    ]
    database = Database(database_url, application="pulso-trends-tests")
    await move(database, "0003")
    before_keys = await keys(database)
    async with database.engine.begin() as connection:
        rows = [{"seq": seq, **row_values(each), "voice": seq % 2 == 0} for seq, each in enumerate(events, 1)]
        await connection.execute(insert(FEEDBACK), rows)
        await connection.execute(text("UPDATE index_position SET seq = 100"))
    before = await feedback(database)

    await move(database, "head")
    assert await feedback(database) == before
    assert await keys(database) == (["seq"] if database.is_sqlite else ["seq", "created_at"], [])
    for event in events[:5]:
        assert (await find_item(database, event.id)).text == event.text
    assert await index(database, events) == ([], [])
    found, _ = await search(database, ItemFilters(), limit=200, after=None)
    assert len(found) == len(events)
    if not database.is_sqlite:
        async with database.engine.connect() as connection:
            assert await partition_names(connection) == [
                f"feedback_{name}" for name in ("2000", "2024_02", "2026_11", "2026_12", "2050")
            ]
    await index(database, [scored(created_at="2025-01-01T12:00:00Z")])

    grown = await feedback(database)
    await move(database, "0003", command.downgrade)
    assert await feedback(database) == grown
    assert await keys(database) == before_keys == (["seq"], [["id"]])
    await move(database, "head")
    assert await feedback(database) == grown
    await database.close()
