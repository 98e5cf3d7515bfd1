"""Each item counts once, whatever comes twice, out of order, or at the same time."""

import asyncio
import json
import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from pulso_trends.domain.concepts import Taxonomy, shipped_concepts
from pulso_trends.domain.cube import observation, roll_up
from pulso_trends.domain.mentions import count
from pulso_trends.domain.ratings.cells import roll_up_ratings
from pulso_trends.domain.topics.topics import Member, Topic, Topics
from pulso_trends.domain.words import words
from pulso_trends.errors import Unstorable
from pulso_trends.store.indexing import index
from pulso_trends.store.items import find_item, last_indexed
from pulso_trends.store.mentions import remark
from pulso_trends.store.rating_tables import RATING
from pulso_trends.store.recount import recount
from pulso_trends.store.tables import ROLLUP
from pulso_trends.store.topic_tables import TOPIC_DAY
from pulso_trends.store.upsert import cell_rows
from sqlalchemy import text

# Few enough to share cells: two hours of one day in Peru, the hour after its midnight, and two far ends.
MOMENTS = (
    "2026-11-10T12:00:00-05:00",
    "2026-11-10T23:59:59.999999-05:00",
    "2026-11-11T00:00:00-05:00",
    "2000-01-01T00:00:00Z",
    "2199-12-31T23:59:59Z",
)
ITEMS = st.lists(
    st.fixed_dictionaries(
        {
            "sentiment": st.sampled_from(["negative", "neutral", "positive"]),
            "score": st.floats(-1, 1, allow_nan=False),
            "region": st.sampled_from([None, "Lima", "Arequipa", "Áncash"]),
            "channel": st.sampled_from(["review", "chat", "market"]),
            "product": st.sampled_from([None, "Chicha", "chicha", "Inca 'Cola'"]),
            "product_category": st.sampled_from([None, "bebidas"]),
            "created_at": st.sampled_from(MOMENTS),
            "rating": st.sampled_from([None, 1.0, 2.5, 4.3, 5.0]),
            "aspects": st.dictionaries(
                st.sampled_from(["sabor", "precio", "entrega"]), st.sampled_from(["negative", "positive"])
            ),
        }
    ),
    min_size=1,
    max_size=12,
)


TAXONOMY = Taxonomy(shipped_concepts())
TOPICS = Topics(
    [
        Topic(1, "", "", (Member("sabor", 3, 9), Member("ceviche", 2, 9))),
        Topic(2, "", "", (Member("precio", 4, 9),)),
    ]
)


async def rollups(database: Database, table: str = "rollup") -> list[dict[str, Any]]:
    async with database.engine.connect() as connection:
        rows = await connection.execute(text(f"SELECT * FROM {table}"))
        return sorted((dict(row) for row in rows.mappings()), key=json.dumps)


async def empty(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("DELETE FROM feedback"))
        await connection.execute(text("DELETE FROM feedback_key"))
        await connection.execute(text("DELETE FROM rollup"))
        await connection.execute(text("DELETE FROM rating"))
        await connection.execute(text("DELETE FROM topic_day"))
        await connection.execute(text("DELETE FROM topic"))
        members = '[["sabor", 3, 9], ["ceviche", 2, 9]]', '[["precio", 4, 9]]'
        for number, each in enumerate(members, start=1):
            await connection.execute(text(f"INSERT INTO topic VALUES ({number}, '', '', '{each}')"))


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(items=ITEMS, data=st.data())
async def test_any_order_repeats_and_interleaving_give_the_same_tables(database, scored, items, data):
    events = [scored(**item) for item in items]
    deliveries = events + data.draw(st.lists(st.sampled_from(events), max_size=12), label="repeats")
    deliveries = data.draw(st.permutations(deliveries), label="order")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(deliveries)), max_size=4), label="cuts"))
    batches = [
        deliveries[start:stop] for start, stop in zip([0, *cuts], [*cuts, len(deliveries)], strict=True)
    ]
    await empty(database)

    stored = await asyncio.gather(*(index(database, batch) for batch in batches))

    assert sorted(event.id for outcome in stored for event in outcome.new) == sorted(
        event.id for event in events
    )
    clean_pass = sorted(cell_rows(ROLLUP, roll_up(map(observation, events))), key=json.dumps)
    assert await rollups(database) == clean_pass
    clean_pass = sorted(cell_rows(RATING, roll_up_ratings(map(observation, events))), key=json.dumps)
    assert await rollups(database, "rating") == clean_pass
    counted = count([remark(event, words(event.text), voice=True) for event in events], TAXONOMY, TOPICS)
    clean_pass = sorted(cell_rows(TOPIC_DAY, counted.topics), key=json.dumps)
    assert await rollups(database, "topic_day") == clean_pass
    assert (await recount(database)).wrong_cells == 0


async def test_a_second_delivery_changes_nothing(database, scored):
    event = scored(region="Lima", rating=5, aspects={"sabor": "positive"})
    assert await index(database, [event, event]) == ([event], [])
    tables = ("rollup", "rating", "mention", "topic_day")
    before = [await rollups(database, table) for table in tables]
    assert await index(database, [event, event]) == ([], [])
    assert [await rollups(database, table) for table in tables] == before
    assert all(before)


async def test_indexers_side_by_side_neither_block_nor_double(database, scored):
    events = [
        scored(region=region, product=product) for region in ("Lima", "Cusco") for product in "abcdefghij"
    ]
    shuffle = random.Random(7)
    overlapping = [shuffle.sample(events, 8) for _ in range(8)]
    stored = await asyncio.gather(
        *(index(database, batch) for batch in [*overlapping, events[:10], events[10:]])
    )
    assert sum(len(outcome.new) for outcome in stored) == len(events)
    found = await recount(database)
    assert (found.items, found.wrong_cells) == (len(events), 0)


async def test_a_refused_value_leaves_nothing_behind(database, scored):
    # PostgreSQL keeps no NUL; SQLite would, so there the same transaction is broken by a row without a text.
    broken = (
        scored("una \x00 estafa")
        if not database.is_sqlite
        else scored().model_copy(update={"language": None})
    )
    with pytest.raises(Unstorable):
        await index(database, [scored(), broken])
    assert await rollups(database) == []
    assert await last_indexed(database) == 0


async def test_an_item_comes_back_as_it_was_sent(database, scored):
    event: FeedbackScored = scored(
        "Qué rico ají 🌶️ 'de' \"gallina\" 50% \\ _",
        id="a" * 32,
        region="Áncash",
        rating=4.5,
        source="google_maps",
        external_id="x-1",
        customer="f" * 64,
        metadata={"mesa": 4, "vip": True, "nota": None, "zona": "ñ"},
        flags=["redacted", "truncated"],
        aspects={"sabor": "positive", "precio": "negative"},
        created_at="2026-11-10T23:59:59.999999-05:00",
    )
    await index(database, [event])
    item = await find_item(database, "a" * 32)
    assert item is not None
    assert item.model_dump() == event.model_dump(include=set(type(item).model_fields))
    assert "customer" not in type(item).model_fields


async def test_places_follow_the_order_of_commits(database, scored):
    await index(database, [scored(), scored()])
    assert await last_indexed(database) == 2
    await index(database, [scored()])
    assert await last_indexed(database) == 3
