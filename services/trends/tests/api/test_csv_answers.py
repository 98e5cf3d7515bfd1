"""Lists as CSV: the rows of the JSON, page by page, under columns that stay."""

import csv
from datetime import datetime, timedelta
from io import StringIO

import pytest
from pulso_contracts.base import LIMA
from pulso_contracts.emerging import ConceptKind
from pulso_trends.api import tables
from pulso_trends.domain.concepts import Concept
from pulso_trends.domain.cursor import ItemCursor
from pulso_trends.domain.lima import EPOCH
from pulso_trends.store.indexing import index
from pulso_trends.store.taxonomy import add_concepts

CSV = {"Accept": "text/csv"}
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
LISTS = {
    "/feedback": tables.ITEMS,
    "/taxonomy": tables.CONCEPTS,
    "/trends/emerging": tables.TRENDS,
    "/trends/sentiment": tables.POINTS,
    "/trends/forecast": tables.FORECASTS,
    "/trends/anomalies": tables.ANOMALIES,
    "/trends/sales": tables.SALES,
    "/trends/ratings": tables.RATINGS,
    "/trends/ratings/lead": tables.RATING_LEADS,
    "/trends/dimensions": tables.DIMENSIONS,
    "/trends/segments": tables.SEGMENTS,
    "/trends/topics": tables.TOPICS,
}

sqlite_is_enough = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
async def client(start_service, database_url):
    async with start_service(database_url, role="api") as client:
        yield client


def read(table):
    return list(csv.DictReader(StringIO(table.decode("utf-8-sig"), newline="")))


def plain(value):
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


@pytest.fixture
def both(client):
    """An answer as JSON, and its rows as CSV."""

    async def ask(path, **asked):
        answer = (await client.get(path, params=asked)).raise_for_status()
        table = (await client.get(path, params=asked, headers=CSV)).raise_for_status()
        assert table.headers["content-type"] == "text/csv; charset=utf-8"
        assert f'"{LISTS[path].name}.csv"' in table.headers["content-disposition"]
        assert answer.headers["vary"] == table.headers["vary"] == "Accept"
        return answer.json(), read(table.content)

    return ask


async def test_items_page_by_page(client, database, scored):
    texts = ["=HYPERLINK(1)", 'Ají, «ñandú» y "más"\ncon dos líneas', "+51", "Bacán; 🌶️", "-1"]
    given = [
        scored(
            text,
            region="Lima",
            metadata={"mesa": 4, "nota": "a;b"},
            aspects={"sabor": "positive", "precio": "negative"},
        )
        for text in texts
    ]
    await index(database, [*given, scored("en Cusco", region="Cusco")])
    items = (await client.get("/feedback", params={"region": "Lima"})).json()["items"]
    rows, target = [], "/feedback?region=Lima&limit=2"
    while target is not None:
        answer = (await client.get(target, headers=CSV)).raise_for_status()
        rows += read(answer.content)
        target = answer.url.join(answer.links["next"]["url"]) if "next" in answer.links else None
    assert [row["id"] for row in rows] == [item["id"] for item in items]
    assert [row["text"] for row in rows] == ["'-1", "Bacán; 🌶️", "'+51", texts[1], "'=HYPERLINK(1)"]
    for row, item in zip(rows, items, strict=True):
        for name in ("created_at", "channel", "region", "product", "rating", "sentiment", "score"):
            assert row[name] == plain(item[name])
        assert row["probabilities.positive"] == plain(item["probabilities"]["positive"])
        assert row["metadata"] == "mesa=4;nota=a\\;b"
        assert (row["aspects.aspect"], row["aspects.score"]) == ("sabor;precio", "0.9;-0.8")


@sqlite_is_enough
async def test_points_of_series(both, database, scored):
    regions = ("Lima", "Lima", None, "Cusco")
    await index(database, [scored(region=region, sentiment="negative", score=-0.5) for region in regions])
    answer, rows = await both("/trends/sentiment", group_by="region", **NOVEMBER)
    assert len(rows) == 3 * 30
    columns = ("start", "count", "negative", "neutral", "positive", "score")
    assert [tuple(row.values())[:7] for row in rows] == [
        (plain(series["key"]), *(plain(point[name]) for name in columns))
        for series in answer["series"]
        for point in series["points"]
    ]
    assert {row["score"] for row in rows} == {"", "-0.5"}


@sqlite_is_enough
async def test_points_of_ratings(both, database, scored):
    given = (("Lima", 5), ("Lima", 4.5), ("Cusco", 1), ("Puno", None))
    await index(database, [scored(region=region, rating=rating) for region, rating in given])
    answer, rows = await both("/trends/ratings", group_by="region", **NOVEMBER)
    assert len(rows) == 2 * 30
    columns = "start", "count", "rated", "rated_share", "mean", "negative_texts", "contradiction_share"
    assert [tuple(row[name] for name in ("key", *columns, "stars.five")) for row in rows] == [
        (
            plain(series["key"]),
            *(plain(point[name]) for name in columns),
            plain((point["stars"] or {}).get("five")),
        )
        for series in answer["series"]
        for point in series["points"]
    ]
    assert {row["stars.five"] for row in rows} == {"", "1.0", "0.0"}


@sqlite_is_enough
async def test_values_of_dimensions(both, database, scored):
    await index(database, [scored(region="Lima", product="@chicha", aspects={"sabor": "positive"}), scored()])
    answer, rows = await both("/trends/dimensions")
    assert [tuple(row.values()) for row in rows] == [
        ("region", "Lima", "1"),
        ("channel", "review", "2"),
        ("product", "'@chicha", "1"),
        ("aspect", "sabor", "1"),
    ]
    assert sum(map(len, answer.values())) == len(rows)


@sqlite_is_enough
async def test_days_to_come_and_days_outside(both, database, scored):
    noon = datetime.now(LIMA).replace(hour=12)
    said = [
        scored(region="Lima", created_at=(noon - timedelta(days=day, minutes=number)).isoformat())
        for day in range(1, 45)
        for number in range(200 if day == 5 else 3 + day % 2)
    ]
    await index(database, [*said, scored(region="Puno", created_at=(noon - timedelta(days=1)).isoformat())])
    answer, rows = await both("/trends/forecast", group_by="region", days=3)
    assert [(row["key"], row["measure"], row["start"], row["mean"], row["high95"]) for row in rows] == [
        (series["key"], measure, point["start"], plain(point["mean"]), plain(point["high95"]))
        for series in answer["series"]
        for measure in ("volume", "score")
        for point in series[measure]
    ] + [("Puno", "", "", "", "")]
    assert rows[-1]["status"] == "not_enough_data"
    answer, rows = await both("/trends/anomalies")
    assert [(row["start"], row["measure"], row["value"]) for row in rows] == [
        (each["start"], each["measure"], plain(each["value"])) for each in answer["anomalies"]
    ]
    assert "200.0" in {row["value"] for row in rows}


@sqlite_is_enough
async def test_weeks_of_sales(client, both):
    sold = [
        {"date": "2026-11-02", "product": product, "units": units}
        for product, units in (("chicha", 12), ("=pisco", 3))
    ]
    (await client.post("/sales", json=sold)).raise_for_status()
    answer, rows = await both("/trends/sales", **{"from": "2026-11-02", "to": "2026-11-15"})
    assert [(row["product"], row["link"], row["start"], row["units"]) for row in rows] == [
        (
            "'=pisco" if found["product"] == "=pisco" else "chicha",
            found["link"],
            week["start"],
            plain(week["units"]),
        )
        for found in answer["products"]
        for week in found["series"]
    ]
    assert len(rows) == 4


async def test_pages_of_concepts_hold_each_once_though_some_are_added(client, database):
    everything = (await client.get("/taxonomy")).json()
    assert everything["next_cursor"] is None
    ids, asked = [], {"limit": 400}
    for added in ("aaa_lunar", "zzz_lunar", None):
        page = (await client.get("/taxonomy", params=asked)).json()
        ids += [concept["id"] for concept in page["concepts"]]
        asked["cursor"] = page["next_cursor"]
        if added is not None:
            await add_concepts(database, [Concept(added, ConceptKind.TERM, added.replace("_", " "), added)])
    assert page["next_cursor"] is None
    assert ids == sorted({concept["id"] for concept in everything["concepts"]} | {"zzz_lunar"})


@sqlite_is_enough
async def test_concepts_with_their_variants(both):
    answer, rows = await both("/taxonomy", kind="drink", limit=50)
    assert [tuple(row.values()) for row in rows] == [
        (
            *(plain(concept[name]) for name in ("id", "kind", "es", "en", "parent")),
            ";".join(concept["variants"]),
            "false",
            "false",
        )
        for concept in answer["concepts"]
    ]


@sqlite_is_enough
async def test_what_is_neither_json_nor_csv_is_refused_and_errors_stay_problems(client):
    for path in LISTS:
        refused = await client.get(path, headers={"Accept": "text/html"})
        assert (refused.status_code, refused.json()["type"]) == (406, "urn:pulso:problem:not-acceptable"), (
            path
        )
        assert (await client.get(path, headers=CSV)).status_code == 200
    wrong = await client.get("/trends/sentiment", params={"bucket": "century"}, headers=CSV)
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")


@sqlite_is_enough
async def test_cursors_of_another_list_are_refused(client):
    foreign = ItemCursor(EPOCH, 1).encode()
    for path in ("/taxonomy", "/trends/emerging"):
        for cursor in (foreign, "garbage", "é", ""):
            refused = await client.get(path, params={"cursor": cursor})
            assert refused.status_code == 422, (path, cursor)
            assert [error["field"] for error in refused.json()["errors"]] == ["cursor"]


@sqlite_is_enough
async def test_the_document_tells_of_the_tables_by_examples_that_fit(client):
    paths = (await client.get("/openapi.json")).json()["paths"]
    for path, listing in LISTS.items():
        responses = paths[path]["get"]["responses"]
        [row] = csv.DictReader(StringIO(responses["200"]["content"]["text/csv"]["example"], newline=""))
        assert tuple(row) == listing.columns, path
        assert {column.partition(".")[0] for column in row} >= listing.example.keys(), path
        assert {"406", "200"} <= responses.keys()
        assert "application/json" in responses["200"]["content"]
    assert "409" in paths["/trends/emerging"]["get"]["responses"]
