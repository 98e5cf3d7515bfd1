"""Who and what stands behind a trend: people, sources, examples."""

from collections import Counter
from collections.abc import Mapping
from typing import Any, Final

from pulso_contracts.emerging import ConceptKind
from pulso_kit.database import Database
from sqlalchemy import ColumnElement, or_, select

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.emerging.places import COUNTRY, WIDER
from pulso_trends.domain.folding import fold
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.words import words
from pulso_trends.store.tables import FEEDBACK
from pulso_trends.store.transaction import core_transaction

MOST_ROWS: Final = 2_000
"""Items that are read for one trend, the newest first: enough to tell a crowd from a few."""
EXAMPLES: Final = 5
_MOST_NAMES: Final = 60


async def evidence(
    database: Database, taxonomy: Taxonomy, trend: Mapping[str, Any], day: int
) -> dict[str, Any]:
    """Return `people`, `sources` and `examples` of a trend whose stretch ends with `day`.

    People are distinct writers, those without an id counted one by one, among the newest `MOST_ROWS` items.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    concept, place = trend["concept"], trend["place"]
    columns = (FEEDBACK.c[name] for name in ("id", "customer", "source", "text", "voice"))
    first = start_of_day(day - trend["found"]["window_days"] + 1)
    conditions = [FEEDBACK.c.created_at >= first, FEEDBACK.c.created_at < start_of_day(day + 1)]
    if place != COUNTRY:
        conditions.append(FEEDBACK.c.region.in_(WIDER.get(place, (place,))))
    conditions += _spoken(taxonomy, concept)
    statement = select(*columns).where(*conditions).order_by(FEEDBACK.c.created_at.desc()).limit(MOST_ROWS)
    async with core_transaction(database) as connection:
        rows = (await connection.execute(statement)).all()
    if taxonomy.concepts[concept].kind is not ConceptKind.SERVICE:
        rows = [row for row in rows if concept in taxonomy.mentioned(words(row.text))]
    return {
        "people": len({row.customer or row.id for row in rows}),
        "sources": dict(Counter(row.source for row in rows if row.source).most_common(10)),
        "examples": [row.id for row in rows if row.voice][:EXAMPLES],
    }


def _spoken(taxonomy: Taxonomy, concept: str) -> list[ColumnElement[bool]]:
    """Conditions that narrow the search to items that may speak of a concept."""
    if taxonomy.concepts[concept].kind is ConceptKind.SERVICE:
        return [FEEDBACK.c.opinions.like(f"% {concept}:%")]
    members = [each for each in taxonomy.concepts.values() if concept in (each.id, *taxonomy.groups[each.id])]
    # The first letters stand in all spellings that `words` holds for one; what is found is looked at again.
    names = {fold(name)[:4] for each in members for name in (each.es, *each.variants)}
    if len(names) > _MOST_NAMES:
        return []
    return [or_(*(FEEDBACK.c.search.like(f"% {name}%") for name in sorted(names)))]
