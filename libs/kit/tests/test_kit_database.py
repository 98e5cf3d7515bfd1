import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from pulso_kit.database import Database, DatabaseUrl
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import text


@pytest.fixture
async def database(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/nested/kit.db", application="test")
    async with database.engine.begin() as connection:
        await connection.execute(text("CREATE TABLE item (id INTEGER PRIMARY KEY)"))
    yield database
    await database.close()


async def count(database: Database) -> int:
    async with database.engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM item"))).scalar_one())


async def tables(database: Database) -> list[str]:
    async with database.engine.connect() as connection:
        return list((await connection.execute(text("SELECT name FROM sqlite_master"))).scalars())


async def test_a_transaction_is_kept_as_a_whole(database: Database) -> None:
    async with database.transaction() as session:
        await session.exec(text("INSERT INTO item VALUES (1), (2)"))
    assert await count(database) == 2


async def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    async def fails_half_way() -> None:
        async with database.transaction() as session:
            await session.exec(text("INSERT INTO item VALUES (1)"))
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError, match="half way"):
        await fails_half_way()
    assert await count(database) == 0


async def test_sqlite_is_durable_and_lets_readers_in(database: Database) -> None:
    async with database.engine.connect() as connection:
        journal = (await connection.execute(text("PRAGMA journal_mode"))).scalar_one()
        synchronous = (await connection.execute(text("PRAGMA synchronous"))).scalar_one()
    assert (journal, synchronous) == ("wal", 2)


async def test_services_that_meet_at_a_new_file_wait_for_each_other(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "new.db", isolation_level=None)) as first:
        first.execute("CREATE TABLE item (id INTEGER PRIMARY KEY)")
        first.execute("BEGIN IMMEDIATE")
        second = Database(f"sqlite:///{tmp_path}/new.db", application="test")
        waiting = asyncio.create_task(tables(second))
        await asyncio.sleep(0.2)
        assert not waiting.done()
        first.execute("COMMIT")
        assert await waiting == ["item"]
    await second.close()


@pytest.mark.parametrize("url", ["mysql://a:b@host/name", "a:b", "postgresql://a:b@host:port/name"])
def test_a_setting_that_is_no_url_of_a_known_database_is_refused(url: str) -> None:
    with pytest.raises(ValidationError, match="must be sqlite:///FILE or postgresql://"):
        TypeAdapter(DatabaseUrl).validate_python(url)


@pytest.mark.parametrize(
    "url", ["sqlite:///:memory:", "postgres://a:b@host/name?ssl=require", "postgresql+asyncpg://host/name"]
)
def test_a_setting_may_name_the_driver(url: str) -> None:
    assert TypeAdapter(DatabaseUrl).validate_python(url).get_secret_value() == url
