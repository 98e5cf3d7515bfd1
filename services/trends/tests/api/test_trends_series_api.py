"""GET /trends/…: series with every point, filters by name, and clear refusals."""

import pytest
from pulso_trends.domain.period import MAX_POINTS
from pulso_trends.store.indexing import index

NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}


@pytest.fixture
async def client(start_service, database_url):
    async with start_service(database_url, role="api") as client:
        yield client


def counts(series):
    return {each["key"]: each["total"]["count"] for each in series}


async def test_a_month_of_days_has_thirty_points_and_zeros(client, database, scored):
    await index(
        database,
        [
            scored(created_at="2026-11-10T23:59:59-05:00", sentiment="positive", score=1.0),
            scored(created_at="2026-11-10T00:00:00-05:00", sentiment="negative", score=-0.5),
            scored(created_at="2026-11-11T00:00:00-05:00", sentiment="neutral", score=0.0),
            scored(created_at="2026-12-01T00:00:00-05:00"),
        ],
    )
    answer = (await client.get("/trends/sentiment", params=NOVEMBER)).raise_for_status().json()
    assert (answer["bucket"], answer["time_zone"], answer["truncated"]) == ("day", "America/Lima", False)
    assert (answer["start"], answer["end"]) == ("2026-11-01T00:00:00-05:00", "2026-12-01T00:00:00-05:00")
    [series] = answer["series"]
    points = {point["start"][:10]: point for point in series["points"]}
    assert len(points) == 30
    full = {"count": 2, "negative": 1, "neutral": 0, "positive": 1, "score": 0.25, "corrected": None}
    assert points["2026-11-10"] == {"start": "2026-11-10T00:00:00-05:00"} | full
    empty = {"count": 0, "negative": 0, "neutral": 0, "positive": 0, "score": None, "corrected": None}
    assert points["2026-11-09"] == {"start": "2026-11-09T00:00:00-05:00"} | empty
    assert series["total"]["count"] == 3


async def test_groups_come_largest_first_with_one_for_items_without_a_value(client, database, scored):
    await index(database, [scored(region=region) for region in ("Lima", "Lima", "Lima", "Cusco", None, None)])
    for bucket in ("hour", "day", "week", "month"):
        asked = {"from": "2026-11-09", "to": "2026-11-15", "group_by": "region", "bucket": bucket}
        answer = (await client.get("/trends/sentiment", params=asked)).raise_for_status().json()
        assert list(counts(answer["series"]).items()) == [("Lima", 3), (None, 2), ("Cusco", 1)]
    answer = (
        await client.get("/trends/sentiment", params=NOVEMBER | {"group_by": "region", "limit": 1})
    ).json()
    assert (counts(answer["series"]), answer["truncated"]) == ({"Lima": 3}, True)


async def test_many_products_are_cut_to_the_largest(client, database, scored):
    await index(database, [scored(product=f"p{number}") for number in range(8) for _ in range(number + 1)])
    asked = NOVEMBER | {"group_by": "product", "limit": 3}
    answer = (await client.get("/trends/sentiment", params=asked)).raise_for_status().json()
    assert (counts(answer["series"]), answer["truncated"]) == ({"p7": 8, "p6": 7, "p5": 6}, True)


async def test_filters_narrow_each_other_and_repeat_as_alternatives(client, database, scored):
    await index(
        database,
        [
            scored(region="Lima", channel="chat", product="Chicha", product_category="bebidas"),
            scored(
                region="Cusco",
                channel="chat",
                product="Chicha",
                product_category="bebidas",
                sentiment="negative",
            ),
            scored(region="Lima", channel="review", product="Pollo", product_category="comida"),
            scored(channel="email"),
        ],
    )

    async def total(**filters):
        answer = await client.get("/trends/sentiment", params=NOVEMBER | filters)
        return answer.raise_for_status().json()["series"][0]["total"]["count"]

    assert await total() == 4
    assert await total(region=["lima", "CUZCO"]) == 3
    assert await total(region="qosqo") == 1
    assert await total(product="Chicha", region="15") == 1
    assert await total(channel=["chat", "email"]) == 3
    assert await total(product_category="bebidas", channel="chat", region="Lima", product="Chicha") == 1
    assert await total(sentiment="negative", product="Chicha") == 1
    assert await total(sentiment=["negative", "positive"]) == 4
    assert await total(product="chicha") == 0


async def test_aspects_are_counted_by_their_own_opinion(client, database, scored):
    await index(
        database,
        [
            scored(sentiment="positive", region="Lima", aspects={"sabor": "positive", "entrega": "negative"}),
            scored(sentiment="negative", region="Cusco", aspects={"entrega": "negative"}),
            scored(sentiment="neutral"),
        ],
    )
    answer = (await client.get("/trends/sentiment", params=NOVEMBER | {"group_by": "aspect"})).json()
    totals = {
        each["key"]: (each["total"]["negative"], each["total"]["positive"]) for each in answer["series"]
    }
    assert totals == {"entrega": (2, 0), "sabor": (0, 1)}
    asked = NOVEMBER | {"aspect": "entrega", "region": "Lima", "bucket": "month", "sentiment": "negative"}
    answer = (await client.get("/trends/sentiment", params=asked)).json()
    assert answer["series"][0]["total"]["count"] == 1


async def test_grouping_by_sentiment_splits_counts_and_scores(client, database, scored):
    await index(
        database,
        [
            scored(sentiment="positive", score=0.5),
            scored(sentiment="positive", score=0.7),
            scored(sentiment="negative", score=-0.9),
        ],
    )
    answer = (await client.get("/trends/sentiment", params=NOVEMBER | {"group_by": "sentiment"})).json()
    assert {each["key"]: (each["total"]["count"], each["total"]["score"]) for each in answer["series"]} == {
        "positive": (2, 0.6),
        "negative": (1, -0.9),
    }


async def test_weeks_begin_on_monday_and_months_on_the_first_in_peru(client, database, scored):
    await index(
        database, [scored(created_at="2026-11-01T04:59:59Z"), scored(created_at="2026-11-01T05:00:00Z")]
    )
    asked = {"from": "2026-10-29", "to": "2026-11-03"}
    weeks = (await client.get("/trends/sentiment", params=asked | {"bucket": "week"})).json()["series"][0][
        "points"
    ]
    assert [(point["start"][:10], point["count"]) for point in weeks] == [
        ("2026-10-26", 2),
        ("2026-11-02", 0),
    ]
    months = (await client.get("/trends/sentiment", params=asked | {"bucket": "month"})).json()["series"][0][
        "points"
    ]
    assert [(point["start"][:10], point["count"]) for point in months] == [
        ("2026-10-01", 1),
        ("2026-11-01", 1),
    ]


async def test_an_empty_database_gives_empty_answers(client):
    answer = (await client.get("/trends/sentiment")).raise_for_status().json()
    assert [len(series["points"]) for series in answer["series"]] == [30]
    for group in ("region", "channel", "product", "product_category", "aspect", "sentiment"):
        answer = (await client.get("/trends/sentiment", params={"group_by": group})).raise_for_status().json()
        assert answer["series"] == []
    assert (await client.get("/trends/dimensions")).raise_for_status().json()["regions"] == []
    status = (await client.get("/trends/status")).raise_for_status().json()
    assert status.pop("newest_created_at") is status.pop("last_indexed_at") is None
    assert set(status.values()) == {0}


async def test_dimensions_list_what_items_carry(client, database, scored):
    await index(
        database,
        [
            scored(region="Lima", product="Chicha", aspects={"sabor": "positive"}),
            scored(region="Lima"),
            scored(region="Puno"),
        ],
    )
    dimensions = (await client.get("/trends/dimensions")).raise_for_status().json()
    assert dimensions["regions"] == [{"value": "Lima", "count": 2}, {"value": "Puno", "count": 1}]
    assert dimensions["products"] == [{"value": "Chicha", "count": 1}]
    assert dimensions["aspects"] == [{"value": "sabor", "count": 1}]
    assert dimensions["product_categories"] == []
    assert (await client.get("/trends/status")).json()["items"] == 3


REFUSED = [
    ({"from": "2026-11-02", "to": "2026-11-01T00:00:00-05:00"}, "from"),
    ({"from": "yesterday"}, "from"),
    ({"from": "1999-12-31"}, "from"),
    ({"to": "9999-12-31"}, "to"),
    ({"to": "0001-01-01T00:00:00+14:00"}, "to"),
    ({"from": "2026-01-01", "to": "2026-12-31", "bucket": "hour"}, "bucket"),
    ({"from": "2026-10-01", "to": "2026-11-05", "bucket": "hour", "group_by": "product"}, "bucket"),
    ({"bucket": "minute"}, "bucket"),
    ({"group_by": "customer"}, "group_by"),
    ({"region": "Quito"}, "region"),
    ({"region": ""}, "region.0"),
    ({"channel": "fax"}, "channel.0"),
    ({"product": "a\x00b"}, "product.0"),
    ({"limit": 0}, "limit"),
    ({"limit": 51}, "limit"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_question_that_cannot_be_answered_names_its_field(client):
    for asked, field in REFUSED:
        refused = await client.get("/trends/sentiment", params=asked)
        assert refused.status_code == 422, asked
        assert refused.headers["content-type"] == "application/problem+json"
        assert [error["field"] for error in refused.json()["errors"]] == [field], asked


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_too_many_points_are_refused_with_the_limit(client):
    refused = await client.get("/trends/sentiment", params={"from": "2026-01-01", "bucket": "hour"})
    assert str(MAX_POINTS) in refused.json()["errors"][0]["message"]
