"""Terms that no list has, looked for in the texts of the days that trends are tested on."""

import asyncio
import re
from typing import Final

from pulso_contracts.emerging import ConceptKind
from pulso_kit.database import Database
from sqlalchemy import func, select, update

from pulso_trends.domain.concepts import Concept, Taxonomy
from pulso_trends.domain.discovery import Discovered, discover
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.lima import start_of_day
from pulso_trends.store.mention_tables import WATCH_STATE
from pulso_trends.store.tables import FEEDBACK
from pulso_trends.store.taxonomy import add_concepts, read_taxonomy
from pulso_trends.store.transaction import core_transaction

MOST_TEXTS: Final = 50_000
"""Texts that are read at a time; of more an even part is drawn by their ids, which are hashes."""
MOST_TERMS: Final = 1_000
"""Discovered terms that are counted: an endless vocabulary has to end somewhere."""
_ID: Final = re.compile(r"[a-z][a-z0-9_]{1,59}")


async def discover_terms(database: Database, taxonomy: Taxonomy, day: int, seq: int) -> int:
    """Add the terms found in the voices of the days up to `day`, and return how many are new.

    `seq` is the last item that was indexed before.

    Raises:
        StoreUnavailable: The database cannot do it now.
    """
    room = MOST_TERMS - len((await read_taxonomy(database)).discovered)
    texts = await _texts(database, day) if room > 0 else []
    found = await asyncio.to_thread(discover, texts, taxonomy, most=room)
    concepts = [
        concept
        for concept in map(_concept, found)
        if concept.id not in taxonomy.concepts and _ID.fullmatch(concept.id)
    ]
    if concepts:
        await add_concepts(database, concepts, discovered=True)
    async with core_transaction(database) as connection:
        await connection.execute(update(WATCH_STATE).values(discovered_day=day, discovered_seq=seq))
    return len(concepts)


async def _texts(database: Database, day: int) -> list[str]:
    created = FEEDBACK.c.created_at
    first, stop = start_of_day(day - REACH + 1), start_of_day(day + 1)
    inside = (created >= first) & (created < stop) & FEEDBACK.c.voice.is_(True)
    async with core_transaction(database) as connection:
        count = int(await connection.scalar(select(func.count()).select_from(FEEDBACK).where(inside)) or 0)
        if count > MOST_TEXTS:
            inside &= FEEDBACK.c.id < f"{int(MOST_TEXTS / count * 16**8):08x}"
        found = await connection.execute(select(FEEDBACK.c.text).where(inside).order_by(FEEDBACK.c.seq))
        return list(found.scalars())


def _concept(found: Discovered) -> Concept:
    return Concept("_".join(("term", *found.words)), ConceptKind.TERM, found.written, found.written)
