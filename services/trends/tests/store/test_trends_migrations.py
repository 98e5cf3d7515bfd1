"""Migrations lead from nothing to the tables that the code knows."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pulso_kit.database import Database, newest_revision
from pulso_kit.health import Unhealthy
from pulso_trends.store.migrate import SCRIPTS, VERSION_TABLE, migrate, schema_check
from pulso_trends.store.tables import METADATA
from sqlalchemy import text


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
        await connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = 'other'"))
    with pytest.raises(Unhealthy, match=f"not {newest_revision(SCRIPTS)}"):
        await schema_check(database)()


async def test_several_may_start_at_once(database_url):
    databases = [Database(database_url, application="pulso-trends-tests") for _ in range(4)]
    await asyncio.gather(*(migrate(database) for database in databases))
    await schema_check(databases[0])()
    for database in databases:
        await database.close()
