"""GET /trends/ratings: stars over time, beside their texts, and whether talk leads them."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from pulso_contracts.trends import Bucket
from pulso_trends.domain.cube import MICRO, CellKey, Dimension
from pulso_trends.domain.filters import ItemFilters
from pulso_trends.domain.period import Grain, period_between
from pulso_trends.domain.sales.sold import day_number
from pulso_trends.domain.series import SeriesQuestion
from pulso_trends.store.indexing import index
from pulso_trends.store.rating_tables import RATING
from pulso_trends.store.ratings import read_ratings_and_contradictions
from pulso_trends.store.tables import ROLLUP
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.upsert import add_to_cells
from sqlalchemy import event

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
FIRST = date(2024, 1, 1)
"""A Monday."""

sqlite_is_enough = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def client(start_service, database_url):
    async with start_service(database_url, role="api") as client:
        yield client


@pytest.fixture
def ask(client):
    async def ask(**asked):
        return (await client.get("/trends/ratings", params=NOVEMBER | asked)).raise_for_status().json()

    return ask


async def test_stars_are_told_beside_the_texts_and_those_without(ask, database, scored):
    stars = (5, 5, 4.5, 3, 1, 1)
    moods = ("positive", "positive", "negative", "neutral", "positive", "negative")
    rated = [scored(rating=each, sentiment=mood) for each, mood in zip(stars, moods, strict=True)]
    await index(database, [*rated, scored(), scored()])
    answer = await ask()
    assert (answer["least_rated"], answer["recounting"], answer["truncated"]) == (5, False, False)
    [series] = answer["series"]
    assert (series["key"], len(series["points"])) == ("all", 30)
    told = series["points"][9]
    assert (told["start"], told["count"], told["rated"], told["rated_share"]) == (
        "2026-11-10T00:00:00-05:00", 8, 6, 0.75,
    )  # fmt: skip
    assert told["stars"] == {"one": 0.3333, "two": 0.0, "three": 0.1667, "four": 0.0, "five": 0.5}
    assert told["mean"] == 3.25
    assert 1 < told["low"] < 3.25 < told["high"] == 5
    assert told["text_score"] == round((3 * 0.9 - 2 * 0.8 + 0.05) / 6, 4)
    assert (told["negative_texts"], told["positive_texts"], told["contradiction_share"]) == (1, 1, 0.3333)
    assert {name: value for name, value in series["total"].items() if name != "start"} == {
        name: value for name, value in told.items() if name != "start"
    }
    assert [(each["id"], each["rating"], each["sentiment"]) for each in answer["contradictions"]] == [
        (rated[4].id, 1.0, "positive"),
        (rated[2].id, 4.5, "negative"),
    ]


async def test_groups_with_most_stars_come_first_and_those_without_any_are_left_out(ask, database, scored):
    regions = (("Lima", 5), ("Cusco", 1), ("Cusco", 2), (None, 4), *[("Puno", None)] * 9)
    await index(
        database,
        [
            scored(region=region, product=region, rating=rating, aspects={"sabor": "positive"})
            for region, rating in regions
        ],
    )
    for bucket in ("hour", "day", "week", "month"):
        for group in ("region", "product"):
            asked = {"from": "2026-11-09", "to": "2026-11-15", "group_by": group, "bucket": bucket}
            found = [(each["key"], each["total"]["rated"]) for each in (await ask(**asked))["series"]]
            assert found == [("Cusco", 2), (None, 1), ("Lima", 1)]
    for group in ("region", "product"):
        answer = await ask(group_by=group, limit=1)
        assert ([each["key"] for each in answer["series"]], answer["truncated"]) == (["Cusco"], True)
        [cusco] = answer["series"]
        assert (cusco["total"]["count"], cusco["total"]["rated_share"]) == (2, 1.0)
    [channel] = (await ask(group_by="channel"))["series"]
    assert (channel["key"], channel["total"]["count"], channel["total"]["rated"]) == ("review", 13, 4)


async def test_filters_narrow_stars_and_contradictions_alike(ask, database, scored):
    await index(
        database,
        [
            scored(
                rating=1, region="Lima", channel="chat", product="Chicha", product_category="bebidas",
                aspects={"sabor": "negative"},
            ),
            scored(rating=2, region="Cusco", product="Chicha", product_category="bebidas"),
            scored(rating=5, region="Lima", sentiment="negative", aspects={"precio": "negative"}),
            scored(rating=2, created_at="2026-12-01T05:00:00Z"),
        ],
    )  # fmt: skip

    async def found(**filters):
        answer = await ask(**filters)
        [series] = answer["series"]
        assert series["total"]["rated"] == len(answer["contradictions"])
        return [each["rating"] for each in answer["contradictions"]]

    assert await found() == [5, 2, 1]
    assert await found(region=["lima"]) == [5, 1]
    assert await found(product="Chicha", region="cuzco") == [2]
    assert await found(channel="chat", product_category="bebidas") == [1]
    assert await found(aspect="sabor") == [1]
    assert await found(aspect=["sabor", "precio"], region="15") == [5, 1]
    assert await found(product="chicha") == []
    by_aspect = await ask(group_by="aspect")
    assert [(each["key"], each["total"]["stars"]["five"]) for each in by_aspect["series"]] == [
        ("precio", 1.0),
        ("sabor", 0.0),
    ]


async def test_contradictions_are_found_by_their_own_index(database, scored):
    await index(database, [scored(rating=1), *(scored(rating=5) for _ in range(300))])
    asked = []

    def listen(*call):
        asked.append(call[2:4])

    event.listen(database.engine.sync_engine, "before_cursor_execute", listen)
    month = ItemFilters(start=datetime(2026, 11, 1, tzinfo=UTC), end=datetime(2026, 12, 1, tzinfo=UTC))
    question = SeriesQuestion(period_between(month.start, month.end, Bucket.DAY, now=month.end))
    _, contradictions = await read_ratings_and_contradictions(database, question, month)
    assert len(contradictions) == 1
    event.remove(database.engine.sync_engine, "before_cursor_execute", listen)
    [(statement, parameters)] = [each for each in asked if "rating >= 4" in each[0]]
    async with database.engine.begin() as connection:
        if database.is_sqlite:
            explain = f"EXPLAIN QUERY PLAN {statement}"
        else:
            await connection.exec_driver_sql("ANALYZE feedback")
            await connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            explain = f"EXPLAIN {statement}"
        plan = "\n".join(str(row) for row in await connection.exec_driver_sql(explain, parameters))
    # PostgreSQL names the index of a partition itself: no condition is left over where it is the right one.
    assert "ix_feedback_contradicts" in plan if database.is_sqlite else "'negative'" not in plan


async def test_an_empty_database_gives_empty_answers(client, ask):
    answer = await ask()
    assert answer["contradictions"] == []
    [series] = answer["series"]
    assert (len(series["points"]), series["total"]["count"], series["total"]["mean"]) == (30, 0, None)
    for group in ("region", "channel", "product", "product_category", "aspect"):
        assert (await ask(group_by=group))["series"] == []
    lead = (await client.get("/trends/ratings/lead")).raise_for_status().json()
    assert (lead["products"], lead["region"], lead["recounting"]) == ([], None, False)


REFUSED = [
    ({"from": "2026-11-02", "to": "2026-11-01T00:00:00-05:00"}, "from"),
    ({"from": "2026-01-01", "to": "2026-12-31", "bucket": "hour"}, "bucket"),
    ({"from": "2026-10-01", "to": "2026-11-05", "bucket": "hour", "group_by": "product"}, "bucket"),
    ({"bucket": "minute"}, "bucket"),
    ({"group_by": "sentiment"}, "group_by"),
    ({"group_by": "customer"}, "group_by"),
    ({"region": "Quito"}, "region"),
    ({"channel": "fax"}, "channel.0"),
    ({"product": "a\x00b"}, "product.0"),
    ({"aspect": "color"}, "aspect.0"),
    ({"limit": 51}, "limit"),
]


@sqlite_is_enough
async def test_a_question_that_cannot_be_answered_names_its_field(client):
    for asked, field in REFUSED:
        refused = await client.get("/trends/ratings", params=asked)
        assert refused.status_code == 422, asked
        assert [error["field"] for error in refused.json()["errors"]] == [field], asked
    for field, value in (("from", "2199-01-01"), ("region", "Quito"), ("product", "")):
        asked = {field: value}
        refused = await client.get("/trends/ratings/lead", params=asked)
        assert [error["field"] for error in refused.json()["errors"]] == [field], asked


async def give(database, product, rated, moods):
    """Puts so many fives and ones, and unrated talk of such moods, into the roll-ups of each week."""
    ratings, items = {}, {}
    for number, ((ones, fives), mood) in enumerate(zip(rated, moods, strict=True)):
        day = day_number(FIRST) + 7 * number
        for cuboid in (Dimension.PRODUCT, Dimension.REGION | Dimension.PRODUCT):
            place = "Lima" if Dimension.REGION in cuboid else ""
            key = CellKey(int(Grain.DAY), int(cuboid), day, place, "", product, "", "")
            ratings[key] = [ones, 0, 0, 0, fives, (ones + 5 * fives) * MICRO, 0, 0, 0]
            items[key] = [0, ones + fives + 50, 0, 0, round(50 * mood * MICRO), 0]
    async with core_transaction(database) as connection:
        await add_to_cells(database, connection, RATING, ratings)
        await add_to_cells(database, connection, ROLLUP, items)


async def test_talk_that_leads_stars_is_found_and_other_products_are_not_linked(client, database):
    generator = np.random.default_rng(7)
    weeks, lead = 120, 3
    for product in ("chicha", "emoliente", "maracuyá"):
        mood, quality = generator.normal(0, 0.6, (2, weeks))
        if product == "chicha":
            quality[lead:] = mood[:-lead]
        fives = generator.binomial(70 if product == "chicha" else 60, 1 / (1 + np.exp(-quality)))
        most = 70 if product == "chicha" else 60
        await give(database, product, [(most - int(each), int(each)) for each in fives], mood * 0.3)
    asked = {"from": FIRST.isoformat(), "to": (FIRST + timedelta(days=7 * weeks)).isoformat()}
    for region in ({}, {"region": "Lima"}):
        answer = (await client.get("/trends/ratings/lead", params=asked | region)).raise_for_status().json()
        found = {each["product"]: each for each in answer["products"]}
        assert {name: each["link"] for name, each in found.items()} == {
            "chicha": "talk_leads",
            "emoliente": "no_link",
            "maracuyá": "no_link",
        }
        chicha = found["chicha"]
        assert next(iter(found)) == "chicha"
        assert (chicha["weeks"], chicha["measure"], chicha["direction"]) == (lead, "score", "more")
        assert chicha["p_value"] <= chicha["q_value"] <= 0.03
        last = chicha["series"][-1]
        assert (last["rated"], last["count"]) == (70, 50)
    asked |= {"product": "emoliente"}
    [only] = (await client.get("/trends/ratings/lead", params=asked)).raise_for_status().json()["products"]
    assert only["product"] == "emoliente"
