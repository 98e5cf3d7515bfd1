"""GET /feedback: search, filters, and pages that hold still."""

import pytest
from pulso_trends.domain.cursor import ConceptCursor
from pulso_trends.store.indexing import index


@pytest.fixture
async def client(start_service, database_url):
    async with start_service(database_url, role="api") as client:
        yield client


@pytest.fixture
def texts(client):
    async def ask(**asked):
        answer = (await client.get("/feedback", params=asked)).raise_for_status().json()
        return [item["text"] for item in answer["items"]]

    return ask


async def test_pages_follow_each_other_while_items_arrive(client, database, scored):
    same_moment = "2026-11-10T12:00:00-05:00"
    events = [scored(f"item {number}", created_at=same_moment) for number in range(7)]
    await index(database, events)
    seen, cursor = [], None
    while True:
        page = (
            await client.get("/feedback", params={"limit": 3} | ({"cursor": cursor} if cursor else {}))
        ).json()
        seen += [item["id"] for item in page["items"]]
        await index(database, [scored("newcomer", created_at="2026-11-11T12:00:00-05:00")])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(event.id for event in events)


async def test_search_ignores_case_and_accents_and_finds_starts_of_words(texts, database, scored):
    await index(
        database,
        [
            scored("¡Qué RICOOO el ají de gallina!"),
            scored("Llegó frío, 100% estafa_total"),
            scored("最高のセビチェ"),
        ],
    )
    assert await texts(q="aji rico") == ["¡Qué RICOOO el ají de gallina!"]
    assert await texts(q="AJÍ") == ["¡Qué RICOOO el ají de gallina!"]
    assert await texts(q="allina") == []
    assert await texts(q="100%") == ["Llegó frío, 100% estafa_total"]
    assert await texts(q="estafa_total") == ["Llegó frío, 100% estafa_total"]
    assert await texts(q="' OR 1=1 --") == []
    assert await texts(q="100_ estafa%") == ["Llegó frío, 100% estafa_total"]
    assert await texts(q="最高") == ["最高のセビチェ"]


async def test_filters_of_items(texts, database, scored):
    await index(
        database,
        [
            scored(
                "a", region="Lima", sentiment="positive", aspects={"sabor": "positive", "entrega": "negative"}
            ),
            scored(
                "b",
                region="Lima",
                sentiment="negative",
                aspects={"entrega": "positive"},
                flags=["unknown_region"],
            ),
            scored("c", channel="chat", sentiment="neutral", product="Chicha", flags=["redacted"]),
        ],
    )
    assert await texts() == ["c", "b", "a"]
    assert await texts(region="lima metropolitana") == ["b", "a"]
    assert await texts(sentiment=["negative", "neutral"]) == ["c", "b"]
    assert await texts(aspect="entrega") == ["b", "a"]
    assert await texts(aspect="entrega", sentiment="negative") == ["a"]
    assert await texts(min_score=-0.5, max_score=0.5) == ["c"]
    assert await texts(flag="unknown_region") == ["b"]
    assert await texts(flag=["unknown_region", "redacted"], channel="chat") == ["c"]
    assert await texts(product="Chicha") == ["c"]
    assert await texts(**{"from": "2026-11-10T10:01:00", "to": "2026-11-10T10:02:00"}) == ["b"]
    assert await texts(to="2026-11-10") == ["c", "b", "a"]
    assert await texts(to="2026-11-09") == []


async def test_a_cell_of_a_series_counts_what_the_list_shows(client, texts, database, scored):
    await index(
        database,
        [
            scored(aspects={"sabor": mood, "precio": "negative"}, sentiment="neutral")
            for mood in ("negative", "positive")
        ],
    )
    asked = {"aspect": "sabor", "sentiment": "negative", "from": "2026-11-01", "to": "2026-11-30"}
    series = (await client.get("/trends/sentiment", params=asked)).json()["series"]
    assert series[0]["total"]["count"] == len(await texts(**asked)) == 1


async def test_one_item_by_its_id(client, database, scored):
    event = scored("Bacán", customer="c" * 64, aspects={"sabor": "positive"}, metadata={"mesa": 4})
    await index(database, [event])
    item = (await client.get(f"/feedback/{event.id}")).raise_for_status().json()
    assert (item["text"], item["aspects"][0]["aspect"], item["metadata"]) == ("Bacán", "sabor", {"mesa": 4})
    assert "customer" not in item
    missing = await client.get("/feedback/" + "0" * 32)
    assert (missing.status_code, missing.json()["type"]) == (404, "urn:pulso:problem:not-found")


REFUSED = [
    ({"q": "x" * 10_000}, "q"),
    ({"q": "a\x00b"}, "q"),
    ({"q": "%_'\""}, "q"),
    ({"q": "🌶️"}, "q"),
    ({"q": " ".join("abcdefghijk")}, "q"),
    ({"cursor": "garbage"}, "cursor"),
    ({"cursor": "AAAA"}, "cursor"),
    ({"cursor": "_" * 23}, "cursor"),
    ({"cursor": ConceptCursor("chicha").encode()}, "cursor"),
    ({"cursor": "a" * 200}, "cursor"),
    ({"cursor": "é"}, "cursor"),
    ({"limit": 201}, "limit"),
    ({"min_score": "nan"}, "min_score"),
    ({"min_score": 0.5, "max_score": 0.1}, "min_score"),
    ({"flag": "unknown"}, "flag.0"),
    ({"from": "2026-11-02", "to": "2026-10-01"}, "from"),
]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_hostile_questions_are_refused_by_name(client):
    for asked, field in REFUSED:
        refused = await client.get("/feedback", params=asked)
        assert refused.status_code == 422, asked
        assert [error["field"] for error in refused.json()["errors"]] == [field], asked


async def test_an_id_that_cannot_be_one_is_refused(client):
    assert (await client.get("/feedback/%00")).status_code == 422
