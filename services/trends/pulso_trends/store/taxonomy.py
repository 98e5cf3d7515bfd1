"""The concepts that count now: those that come with Pulso and those that users added."""

from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import blake2b
from typing import NamedTuple

from pulso_contracts.emerging import ConceptKind
from pulso_kit.database import Database
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.concepts import Concept, Taxonomy, shipped_concepts
from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.store.mention_tables import CONCEPT, TAXONOMY_STATE
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn


class TaxonomyNow(NamedTuple):
    """The concepts that count; the ids of those that users added, and of those discovered in the texts.

    `recounting` while history is not yet counted by all of them.
    """

    concepts: list[Concept]
    added: frozenset[str]
    discovered: frozenset[str]
    recounting: bool


class TaxonomyInUse:
    """The taxonomy by which this process counts; kept in step with the database."""

    def __init__(self) -> None:
        self._fingerprint: str | None = None
        self._taxonomy = Taxonomy(())

    async def read(self, database: Database) -> Taxonomy:
        """`current`, in a transaction of its own.

        Raises:
            StoreUnavailable: The database cannot answer now.
        """
        async with core_transaction(database) as connection:
            await take_turn(connection)
            return await self.current(connection)

    async def current(self, connection: AsyncConnection) -> Taxonomy:
        """Return the taxonomy of now; after a change the days up to today are due for a recount.

        The caller has the writers' turn, so that nobody counts by another one meanwhile.
        """
        counted_by, now = await self._renew(connection)
        if counted_by != now:
            await start_recount(connection, fingerprint=now)
        return self._taxonomy

    async def told(self, database: Database) -> Taxonomy:
        """Return the taxonomy of now for an answer: nothing is counted by it, so no writer has to wait.

        Raises:
            StoreUnavailable: The database cannot answer now.
        """
        async with core_transaction(database) as connection:
            await self._renew(connection)
        return self._taxonomy

    async def _renew(self, connection: AsyncConnection) -> tuple[str, str]:
        """Read what changed; returns the fingerprints by which items are counted, and of now."""
        counted_by: str = (await connection.execute(select(TAXONOMY_STATE.c.fingerprint))).scalar_one()
        now = self._fingerprint
        if now is None or counted_by != now:
            concepts = [*shipped_concepts(), *await _added(connection)]
            self._taxonomy, self._fingerprint = Taxonomy(concepts), (now := _fingerprint(concepts))
        return counted_by, now


async def _added(connection: AsyncConnection) -> list[Concept]:
    rows = await connection.execute(select(CONCEPT).order_by(CONCEPT.c.id))
    return [
        Concept(row.id, ConceptKind(row.kind), row.es, row.en, row.parent, tuple(row.variants))
        for row in rows
    ]


async def read_taxonomy(database: Database) -> TaxonomyNow:
    """Return the concepts that count now, and where they come from.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        below: int | None = await connection.scalar(select(TAXONOMY_STATE.c.recount_below))
        found = await connection.execute(select(CONCEPT.c.id).where(CONCEPT.c.discovered.is_(True)))
        discovered = frozenset(found.scalars())
        own = await _added(connection)
    return TaxonomyNow(
        [*shipped_concepts(), *own],
        frozenset(each.id for each in own) - discovered,
        discovered,
        recounting=below is not None,
    )


async def add_concepts(database: Database, concepts: Sequence[Concept], *, discovered: bool = False) -> None:
    """Add concepts; history is counted anew by the watch.

    Raises:
        TaxonomyError: They contradict each other or what is there; nothing is added.
        StoreUnavailable: The database cannot do it now.
    """
    async with core_transaction(database) as connection:
        await take_turn(connection)
        everything = [*shipped_concepts(), *await _added(connection), *concepts]
        Taxonomy(everything)
        now = datetime.now(UTC)
        rows = [
            {
                "id": each.id,
                "kind": each.kind.value,
                "es": each.es,
                "en": each.en,
                "parent": each.parent,
                "variants": list(each.variants),
                "discovered": discovered,
                "added_at": now,
            }
            for each in concepts
        ]
        await connection.execute(insert(CONCEPT), rows)
        await start_recount(connection, fingerprint=_fingerprint(everything))


async def start_recount(connection: AsyncConnection, **values: str) -> None:
    """Let the watch count all history anew; the caller has the writers' turn."""
    tomorrow = day_of_hour(hour_of(datetime.now(UTC))) + 2  # items may be dated some minutes ahead
    await connection.execute(update(TAXONOMY_STATE).values(recount_below=tomorrow, **values))


def _fingerprint(concepts: Sequence[Concept]) -> str:
    told = sorted((each.id, each.kind.value, each.es, each.parent or "", *each.variants) for each in concepts)
    return blake2b(repr(told).encode(), digest_size=16).hexdigest()
