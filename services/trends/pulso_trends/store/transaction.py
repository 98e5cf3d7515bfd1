"""Transactions that speak the service's own errors."""

import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from pulso_kit.database import Database
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from pulso_trends.errors import StoreUnavailable, Unstorable

_PASSING_STATES = ("08", "25", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE that say: not now. Connection, read-only standby, rolled back, resources (a full disk
too), lock, shutdown, system."""
_VALUE_STATES = ("22", "23", "54")
"""Classes of SQLSTATE that blame the values: data, constraint, too long for an index."""

_PASSING_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
_VALUE_CODES = {sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISMATCH}


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[AsyncSession]:
    """One transaction. What is nobody's fault but this program's comes out as it is.

    Raises:
        StoreUnavailable: The database cannot be reached, is busy, full, or otherwise not able to do it now.
        Unstorable: It refuses the values.
    """
    with _own_errors():
        async with database.transaction() as session:
            yield session


@asynccontextmanager
async def core_transaction(database: Database) -> AsyncIterator[AsyncConnection]:
    """`transaction` for statements about tables rather than objects; errors as there."""
    with _own_errors():
        async with database.core_transaction() as connection:
            yield connection


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except (PoolTimeout, OSError) as error:
        raise StoreUnavailable(type(error).__name__) from error
    except DBAPIError as error:
        kind = _kind(error)
        if kind is None:
            raise
        raise kind(type(error.orig).__name__) from error


def _kind(error: DBAPIError) -> type[StoreUnavailable | Unstorable] | None:
    """Which of the two an error of the database is, if either."""
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the low byte is the primary code
        return StoreUnavailable if code in _PASSING_CODES else Unstorable if code in _VALUE_CODES else None
    state = getattr(cause, "sqlstate", None)
    if state is None:  # from the driver, not from the server
        lost = error.connection_invalidated or isinstance(error, (InterfaceError, OperationalError))
        return StoreUnavailable if lost else None
    return (
        StoreUnavailable
        if state.startswith(_PASSING_STATES)
        else Unstorable
        if state.startswith(_VALUE_STATES)
        else None
    )
