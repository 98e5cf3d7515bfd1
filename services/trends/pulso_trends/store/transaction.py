"""Transactions that speak the service's own errors."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from pulso_kit.database import Database
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlmodel.ext.asyncio.session import AsyncSession

from pulso_trends.errors import StoreUnavailable, Unstorable

_PASSING_STATES = ("08", "25", "40", "53", "55", "57", "58")
"""Classes of SQLSTATE that say: not now. Connection, read-only standby, rolled back, resources (a full disk
too), lock, shutdown, system. All others blame the statement or its values."""


@asynccontextmanager
async def transaction(database: Database) -> AsyncIterator[AsyncSession]:
    """One transaction.

    Raises:
        StoreUnavailable: The database cannot be reached, is busy, full, or otherwise not able to do it now.
        Unstorable: It refuses the values.
    """
    try:
        async with database.transaction() as session:
            yield session
    except (StatementError, PoolTimeout, OSError, TimeoutError) as error:
        cause = getattr(error, "orig", None) or error
        kind = StoreUnavailable if _passes(error) else Unstorable
        raise kind(type(cause).__name__) from error


@asynccontextmanager
async def core_transaction(database: Database) -> AsyncIterator[AsyncConnection]:
    """`transaction` for statements about tables rather than objects; errors as there."""
    async with transaction(database) as session:
        yield await session.connection()


def _passes(error: Exception) -> bool:
    """Whether trying the same again later can succeed."""
    if not isinstance(error, StatementError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    state = getattr(error.orig, "sqlstate", None)
    if state is not None:
        return str(state).startswith(_PASSING_STATES)
    return isinstance(error.orig, sqlite3.OperationalError) or not isinstance(error.orig, sqlite3.Error)
