"""A service's own database: SQLite (one file, WAL) or PostgreSQL (asyncpg), by one URL.

One request or message is one transaction: `async with database.transaction() as session`. It commits when the
block ends, before any answer leaves, and rolls back on an error; application code never commits.
"""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Annotated, Any, Final

from alembic import command
from alembic.config import Config
from pydantic import AfterValidator, SecretStr
from sqlalchemy import event, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlmodel.ext.asyncio.session import AsyncSession

from pulso_kit.tracing.spans import part
from pulso_kit.tracing.statements import trace_statements

SQLITE_BUSY_MILLISECONDS = 10_000
_DRIVERS: Final = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}


def async_url(url: str) -> str:
    """The URL with the driver that Pulso uses: `sqlite:///file` and `postgresql://…` are enough for users."""
    parsed = make_url(url)
    return parsed.set(drivername=_DRIVERS.get(parsed.drivername, parsed.drivername)).render_as_string(
        hide_password=False
    )


def _of_a_known_database(url: SecretStr) -> SecretStr:
    try:
        database = make_url(url.get_secret_value()).get_backend_name()
    except (ArgumentError, ValueError):
        database = ""
    if database not in _DRIVERS:
        raise ValueError("must be sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    return url


DatabaseUrl = Annotated[SecretStr, AfterValidator(_of_a_known_database)]
"""A setting: `sqlite:///file` or `postgresql://user:password@host/name`."""


class Database:
    """An engine and its transactions."""

    def __init__(self, url: str, *, application: str, pool_size: int = 5) -> None:
        """Prepares the engine; nothing connects yet.

        Args:
            url: `sqlite:///path` or `postgresql://user:password@host/name`.
            application: Told to PostgreSQL as `application_name`, so that operators see who holds a lock.
            pool_size: Connections kept open.
        """
        self.url = async_url(url)
        # A file does not go away as a server does, and asking it first costs a third of a millisecond.
        options: dict[str, Any] = {"pool_size": pool_size, "pool_pre_ping": not self.is_sqlite}
        if self.is_sqlite:
            file = make_url(self.url).database
            if file and file != ":memory:":
                Path(file).parent.mkdir(parents=True, exist_ok=True)
        else:
            options["connect_args"] = {"server_settings": {"application_name": application}, "timeout": 5}
        self.engine: AsyncEngine = create_async_engine(self.url, **options)
        trace_statements(self.engine.sync_engine)
        if self.is_sqlite:
            event.listen(self.engine.sync_engine, "connect", _prepare_sqlite)

    @property
    def is_sqlite(self) -> bool:
        """Whether the database is an SQLite file."""
        return self.url.startswith("sqlite")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session whose work is committed as a whole at the end of the block, or not at all."""
        with part("transaction"):  # beside its statements: waiting for a connection, and the commit
            async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
                yield session

    @asynccontextmanager
    async def core_transaction(self) -> AsyncIterator[AsyncConnection]:
        """`transaction` for statements about tables rather than objects, which need no session."""
        with part("transaction"):
            async with self.engine.begin() as connection:
                yield connection

    async def close(self) -> None:
        """Closes all connections."""
        await self.engine.dispose()

    async def migrate(self, scripts: Path) -> None:
        """Brings the schema to the newest Alembic revision of `scripts`; safe when several start at once.

        What a newer release has migrated further stays as it is (`pulso_kit.schema`).

        Raises:
            SchemaTooNew: This release cannot use it.
        """
        async with self.engine.connect() as connection:
            if self.is_sqlite:
                # The write lock from the first look at the revision on; a kill leaves no half-made schema.
                await connection.execute(text("BEGIN IMMEDIATE"))
            else:
                # One migration at a time per database; the number is arbitrary but fixed.
                await connection.execute(text("SELECT pg_advisory_lock(7095210)"))
            await connection.run_sync(_upgrade, scripts)
            await connection.commit()
            if not self.is_sqlite:
                await connection.execute(text("SELECT pg_advisory_unlock(7095210)"))
                await connection.commit()


def _upgrade(connection: Any, scripts: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={SQLITE_BUSY_MILLISECONDS}")
    _write_ahead(connection, cursor)
    # FULL: a commit that was reported survives a power cut.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.close()


def _write_ahead(connection: Any, cursor: Any) -> None:
    """WAL: readers never wait for the writer.

    The first change of a new file to WAL wants it alone, and SQLite answers "locked" at once, without its
    busy timeout, where waiting could be a deadlock (https://sqlite.org/c3ref/busy_handler.html): services
    that start together would fall over each other. So the wait is here.
    """
    deadline = time.monotonic() + SQLITE_BUSY_MILLISECONDS / 1000
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            connection.run_async(lambda _driver: asyncio.sleep(0.01))
        else:
            return
