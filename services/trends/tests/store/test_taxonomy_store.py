"""Concepts that users add count in all history."""

from datetime import UTC, datetime, timedelta

import pytest
from pulso_contracts.emerging import ConceptKind
from pulso_kit.health import Heartbeat
from pulso_trends.domain.concepts import Concept, TaxonomyError
from pulso_trends.store.indexing import index
from pulso_trends.store.mentions import recount_next_day
from pulso_trends.store.taxonomy import TaxonomyInUse, add_concepts, read_taxonomy
from pulso_trends.worker.watch import Watch
from sqlalchemy import text

NOW = datetime(2026, 11, 12, 15, tzinfo=UTC)


def watch(database):
    return Watch(database, TaxonomyInUse(), seconds=1, heartbeat=Heartbeat(60))


async def rest(database):
    while await watch(database).turn(NOW):
        pass


async def mentions(database):
    async with database.engine.connect() as connection:
        rows = await connection.execute(
            text(
                "SELECT day, concept, region, channel, items, voices, negative, neutral, positive, score "
                "FROM mention"
            )
        )
        return sorted(tuple(row) for row in rows)


async def test_history_is_counted_anew_by_an_added_concept(database, scored):
    await index(database, [scored("El brebaje lunar de mi tía"), scored("Un lomo saltado", region="Cusco")])
    await rest(database)
    concept = Concept("brebaje_lunar", ConceptKind.DRINK, "brebaje lunar", "moon brew")
    await add_concepts(database, [concept])
    assert (await read_taxonomy(database)).recounting
    await rest(database)
    assert not (await read_taxonomy(database)).recounting
    assert "brebaje_lunar" in {row[1] for row in await mentions(database)}


async def test_a_concept_added_in_the_middle_of_a_recount_counts_on_all_its_days(database, scored):
    days = [NOW - timedelta(days=back) for back in range(3)]
    await index(database, [scored("El brebaje lunar de mi tía", created_at=day) for day in days])
    taxonomy = TaxonomyInUse()
    await taxonomy.read(database)  # the first time is due for a recount by itself
    assert await recount_next_day(database, taxonomy)
    await add_concepts(database, [Concept("brebaje_lunar", ConceptKind.DRINK, "brebaje lunar", "moon brew")])
    while await recount_next_day(database, taxonomy):
        pass
    counted = [row for row in await mentions(database) if row[1] == "brebaje_lunar"]
    assert len(counted) == len(days)


async def test_a_recount_gives_what_indexing_gave(database, scored):
    copies = ["El ceviche estaba muy rico y fresco, la atención un poco lenta"] * 3
    texts = [*copies, "lomito saltado y chicha morada", "RICOOOO el pollito a la brasa", "hola"]
    await index(database, [scored(each, aspects={"precio": "negative"}) for each in texts])
    await rest(database)
    before = await mentions(database)
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE taxonomy_state SET recount_below = 30000"))
    await rest(database)
    assert await mentions(database) == before
    assert {"ceviche", "lomo_saltado", "chicha_morada", "pollo_a_la_brasa", "precio", ""} <= {
        row[1] for row in before
    }


@pytest.mark.parametrize(
    ("concept", "message"),
    [
        (Concept("ceviche", ConceptKind.DISH, "otra cosa", "other"), "the id ceviche is given twice"),
        (Concept("mi_ceviche", ConceptKind.DISH, "Cebiche", "other"), "also names ceviche"),
        (Concept("nuevo", ConceptKind.DISH, "plato nuevo", "new", parent="nuevo"), "belongs to itself"),
        (Concept("nuevo", ConceptKind.DISH, "plato nuevo", "new", parent="nada"), "does not exist"),
        (Concept("nuevo", ConceptKind.TERM, "plato nuevo", "new", parent="ceviche"), "different kinds"),
    ],
)
async def test_contradictions_are_refused_and_nothing_is_added(database, concept, message):
    before = await read_taxonomy(database)
    with pytest.raises(TaxonomyError, match=message):
        await add_concepts(database, [Concept("bueno", ConceptKind.TERM, "algo bueno", "good"), concept])
    assert await read_taxonomy(database) == before
