"""Keeping briefs and finding them again."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from pulso_contracts.insights import Insight
from pulso_kit.database import Database
from pulso_kit.errors import Unavailable
from pulso_kit.paging import newest_first
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from pulso_insights.store.tables import BriefRow


class BriefStore:
    """The briefs in the database. Every method raises `Unavailable` when it cannot be reached."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, insight: Insight) -> None:
        """Keeps a brief."""
        body = insight.model_dump(mode="json", by_alias=True)
        async with self._transaction() as session:
            session.add(BriefRow(id=insight.id, created_at=insight.created_at, body=body))

    async def find(self, insight_id: str) -> Insight | None:
        """The brief with this id."""
        async with self._transaction() as session:
            row = await session.get(BriefRow, insight_id)
            return None if row is None else _read(row)

    async def page(self, *, limit: int, after: str | None) -> Sequence[Insight] | None:
        """Up to `limit` briefs, newest first, after the one with the id `after`; None if that is unknown."""
        async with self._transaction() as session:
            rows = await newest_first(session, BriefRow, limit=limit, after=after)
            return None if rows is None else [_read(row) for row in rows]

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[AsyncSession]:
        try:
            async with self._database.transaction() as session:
                yield session
        except (DBAPIError, OSError, TimeoutError) as error:
            raise Unavailable("Briefs cannot be read or kept now.", retry_after=2) from error


def _read(row: BriefRow) -> Insight:
    """Passes over what a newer release has added, in the scope too: that is strict with those who ask."""
    return Insight.model_validate(row.body, extra="ignore")
