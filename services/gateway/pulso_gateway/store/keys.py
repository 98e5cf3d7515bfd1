"""Reading and writing API keys."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from pulso_kit.database import Database
from pulso_kit.errors import Unavailable
from pulso_kit.paging import newest_first
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from pulso_gateway.domain.api_keys import Role
from pulso_gateway.domain.key_record import KeyRecord
from pulso_gateway.store.tables import KeyRow

USE_NOTED_EVERY = timedelta(hours=1)
"""One write per key and hour tells unused keys from used ones; one per request would be the bottleneck."""


class KeyStore:
    """The keys in the gateway's database. Every method raises `Unavailable` when it cannot be reached."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, record: KeyRecord) -> None:
        """Keeps a new key."""
        async with self._transaction() as session:
            session.add(KeyRow(**asdict(record)))

    async def find(self, key_id: str) -> KeyRecord | None:
        """The key with this id, revoked or not."""
        async with self._transaction() as session:
            row = await session.get(KeyRow, key_id)
            return None if row is None else _record(row)

    async def note_use(self, key_id: str) -> None:
        """Remembers, once an hour, that the key was used."""
        now = datetime.now(UTC)
        async with self._transaction() as session:
            row = await session.get(KeyRow, key_id)
            if row is not None and (row.last_used_at is None or now - row.last_used_at > USE_NOTED_EVERY):
                row.last_used_at = now

    async def page(self, *, limit: int, after: str | None) -> Sequence[KeyRecord] | None:
        """Up to `limit` keys, newest first, after the one with the id `after`; None if that is unknown."""
        async with self._transaction() as session:
            rows = await newest_first(session, KeyRow, limit=limit, after=after)
            return None if rows is None else [_record(row) for row in rows]

    async def revoke(self, key_id: str) -> KeyRecord | None:
        """Ends the key for good; a second time changes nothing. None when there is no such key."""
        async with self._transaction() as session:
            row = await session.get(KeyRow, key_id)
            if row is None:
                return None
            row.revoked_at = row.revoked_at or datetime.now(UTC)
            return _record(row)

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        try:
            async with self._database.transaction() as session:
                yield session
        except (DBAPIError, OSError, TimeoutError) as error:
            raise Unavailable("The keys cannot be read or written now.", retry_after=2) from error


def _record(row: KeyRow) -> KeyRecord:
    fields = row.model_dump() | {"role": Role(row.role)}
    return KeyRecord(**fields)
