"""Two releases and one database: what the older one does when the newer one has migrated it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from pulso_kit.database import Database
from pulso_kit.health import Unhealthy
from pulso_kit.schema import SchemaTooNew, schema_check
from sqlalchemy import Connection, text

ENV = """
from pulso_kit.migrations import run_migrations
from sqlalchemy import MetaData

run_migrations(MetaData(), version_table="alembic_probe")
"""
FIRST, ADDS, ADDS_MORE, TAKES_AWAY = (
    ("0001", "CREATE TABLE item (id INTEGER)", None),
    ("0002", "ALTER TABLE item ADD COLUMN note TEXT", True),
    ("0003", "CREATE TABLE extra (id INTEGER)", True),
    ("0004", "ALTER TABLE item RENAME COLUMN note TO remark", False),
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, application="test")
    yield database
    await database.close()


@pytest.fixture
def release(tmp_path: Path):
    """The scripts of a release with these migrations."""

    def written(*migrations: tuple[str, str, bool | None]) -> Path:
        folder = tmp_path / f"release-{len(migrations)}-{migrations[-1][0]}"
        (folder / "versions").mkdir(parents=True)
        (folder / "env.py").write_text(ENV)
        before = None
        for revision, statement, additive in migrations:
            lines = ["from alembic import op", f"revision = {revision!r}", f"down_revision = {before!r}"]
            lines += [] if additive is None else [f"additive = {additive}"]
            lines += ["def upgrade():", f"    op.execute({statement!r})", "def downgrade():", "    pass"]
            (folder / "versions" / f"{revision}.py").write_text("\n".join(lines))
            before = revision
        return folder

    return written


async def revision(database: Database) -> dict[str, str]:
    async with database.engine.connect() as connection:
        return dict((await connection.execute(text("SELECT * FROM alembic_probe"))).mappings().one())


async def test_code_of_before_starts_and_serves_after_additive_migrations_and_leaves_them(database, release):
    old, new = release(FIRST), release(FIRST, ADDS, ADDS_MORE)
    await database.migrate(old)
    serving = schema_check(database, old, "alembic_probe")
    await serving()
    await database.migrate(new)
    await serving()
    await database.migrate(old)
    assert await revision(database) == {"version_num": "0003", "oldest_reader": "0001"}
    await schema_check(database, new, "alembic_probe")()


async def test_code_of_before_neither_serves_nor_starts_after_any_other_migration(database, release):
    old, new = release(FIRST, ADDS), release(FIRST, ADDS, ADDS_MORE, TAKES_AWAY)
    await database.migrate(old)
    serving = schema_check(database, old, "alembic_probe")
    await database.migrate(new)
    with pytest.raises(Unhealthy, match="schema is at revision 0004, not 0002"):
        await serving()
    with pytest.raises(SchemaTooNew, match="has revision 0004 and this release knows 0002 at most"):
        await database.migrate(old)
    assert await revision(database) == {"version_num": "0004", "oldest_reader": "0004"}


async def test_a_database_of_a_release_that_told_nothing_is_told_of_from_now_on(database, release):
    old, new = release(FIRST), release(FIRST, ADDS)
    await database.migrate(old)
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE alembic_probe DROP COLUMN oldest_reader"))
    await schema_check(database, old, "alembic_probe")()
    await database.migrate(new)
    await schema_check(database, old, "alembic_probe")()


async def test_code_of_before_refuses_what_tells_it_nothing(database, release):
    await database.migrate(release(FIRST, ("0002", "SELECT 1", None)))
    async with database.engine.begin() as connection:
        await connection.execute(text("ALTER TABLE alembic_probe DROP COLUMN oldest_reader"))
    old = release(FIRST)
    with pytest.raises(SchemaTooNew):
        await database.migrate(old)
    with pytest.raises(Unhealthy):
        await schema_check(database, old, "alembic_probe")()


async def test_a_schema_that_is_behind_is_not_served(database, release):
    await database.migrate(release(FIRST))
    with pytest.raises(Unhealthy, match="revision 0001, not 0002"):
        await schema_check(database, release(FIRST, ADDS), "alembic_probe")()


async def test_a_way_back_by_hand_tells_older_code_again(database, release):
    old, new = release(FIRST), release(FIRST, ("0002", "SELECT 1", False))
    await database.migrate(new)

    def back(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(new))
        config.attributes["connection"] = connection
        command.downgrade(config, "0001")

    async with database.engine.connect() as connection:
        await connection.run_sync(back)
        await connection.commit()
    assert await revision(database) == {"version_num": "0001", "oldest_reader": "0001"}
    await database.migrate(old)


async def test_an_unreachable_database_is_unhealthy(release) -> None:
    database = Database("postgresql://nobody@127.0.0.1:1/none", application="test")
    with pytest.raises(Unhealthy, match="database: "):
        await schema_check(database, release(FIRST), "alembic_probe")()
    await database.close()
