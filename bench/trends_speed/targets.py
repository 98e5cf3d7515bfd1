"""Where bulk rows go: an SQLite file, or PostgreSQL by COPY; the schema is the service's own."""

import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Final, Protocol

import asyncpg  # type: ignore[import-untyped]
import duckdb
from pulso_kit.database import Database
from pulso_trends.store.partitions import make_room
from sqlalchemy import make_url

_ROWS_AT_ONCE: Final = 20_000


class Target(Protocol):
    """A migrated, empty database that is filled."""

    async def room(self, moments: Iterable[datetime]) -> None:
        """Make room for items of these moments."""

    async def write(self, table: str, source: duckdb.DuckDBPyConnection, rows: str) -> None:
        """Write the rows that a statement selects; in it `moment(microseconds)` makes a moment."""


@asynccontextmanager
async def filling(database: Database, items: int) -> AsyncIterator[Target]:
    """Give where the rows of so many items go; at the end they are as if they had been indexed."""
    await database.close()  # its connections: of a file only the last one may change how it is written
    target: _Sqlite | _Postgres = _Sqlite(database) if database.is_sqlite else await _Postgres.open(database)
    yield target
    await target.finish(items)


class _Sqlite:
    """A file; nobody else has it open."""

    def __init__(self, database: Database) -> None:
        self._file = sqlite3.connect(str(make_url(database.url).database), isolation_level=None)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000"):
            self._file.execute(f"PRAGMA {pragma}")

    async def room(self, moments: Iterable[datetime]) -> None:
        """There is one table for all."""

    async def write(self, table: str, source: duckdb.DuckDBPyConnection, rows: str) -> None:
        """Write them in one transaction."""
        _moments(source, "strftime(make_timestamp(us), '%Y-%m-%d %H:%M:%S.%f')")
        found = source.execute(rows)
        names = [column[0] for column in found.description or ()]
        statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' for _ in names)})"
        self._file.execute("BEGIN")
        while part := found.fetchmany(_ROWS_AT_ONCE):
            self._file.executemany(statement, part)
        self._file.execute("COMMIT")

    async def finish(self, items: int) -> None:
        """Move the position on and close the file."""
        self._file.execute("UPDATE index_position SET seq = ?", [items])
        self._file.execute("PRAGMA journal_mode = WAL")
        self._file.close()


class _Postgres:
    """A database; its statistics are brought up to date at the end, as autovacuum would in time."""

    def __init__(self, database: Database, connection: asyncpg.Connection) -> None:
        self._database = database
        self._connection = connection

    @classmethod
    async def open(cls, database: Database) -> "_Postgres":
        """Connect."""
        return cls(database, await asyncpg.connect(database.url.replace("+asyncpg", "")))

    async def room(self, moments: Iterable[datetime]) -> None:
        """Create partitions."""
        async with self._database.engine.begin() as connection:
            await make_room(connection, moments)

    async def write(self, table: str, source: duckdb.DuckDBPyConnection, rows: str) -> None:
        """Copy them."""
        _moments(source, "strftime(make_timestamp(us), '%Y-%m-%d %H:%M:%S.%f+00')")
        with tempfile.TemporaryDirectory(prefix="pulso-bench-") as folder:
            file = Path(folder) / f"{table}.csv"
            source.execute(f"COPY ({rows}) TO '{file}' (FORMAT csv, HEADER false, FORCE_QUOTE *)")
            names = [column[0] for column in source.execute(f"DESCRIBE {rows}").fetchall()]
            await self._connection.copy_to_table(table, source=file, columns=names, format="csv", timeout=600)

    async def finish(self, items: int) -> None:
        """Move the position on."""
        await self._connection.execute("UPDATE index_position SET seq = $1", items)
        await self._connection.execute("VACUUM ANALYZE")
        await self._connection.close()


def _moments(source: duckdb.DuckDBPyConnection, told: str) -> None:
    source.execute(f"CREATE OR REPLACE MACRO moment(us) AS {told}")
