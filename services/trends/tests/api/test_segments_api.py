"""GET /trends/segments: who talks about what, and nobody in particular."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from pulso_kit.health import Heartbeat
from pulso_trends.store.indexing import index
from pulso_trends.store.taxonomy import TaxonomyInUse
from pulso_trends.worker.watch import Watch

NOW = datetime(2026, 11, 12, 15, tzinfo=UTC)


@pytest.fixture
async def client(start_service, database_url):
    async with start_service(database_url, role="api") as client:
        yield client


async def asked(client):
    return (await client.get("/trends/segments")).raise_for_status().json()


async def watched(database, now=NOW):
    watch = Watch(database, TaxonomyInUse(), seconds=1, heartbeat=Heartbeat(60))
    while await watch.turn(now):
        pass


async def test_before_the_first_computation_and_without_people_the_reason_is_told(client, database, scored):
    answer = await asked(client)
    assert (answer["reason"], answer["computed_at"], answer["segments"]) == ("not_computed", None, [])
    await index(database, [scored()])
    await watched(database)
    answer = await asked(client)
    assert (answer["reason"], answer["people"], answer["segments"]) == ("not_enough_people", 0, [])
    assert answer["computed_at"] is not None


async def test_segments_of_what_the_watch_computed_are_told(client, database, tasteful):
    await index(database, tasteful())
    await watched(database)
    answer = await asked(client)
    assert (answer["reason"], answer["people"], answer["window_days"], answer["least_items"]) == (
        None,
        80,
        180,
        5,
    )
    assert answer["chance"] <= 0.01
    sea, sweet = sorted(answer["segments"], key=lambda each: each["score"], reverse=True)
    assert (sea["people"], sea["share"], sea["items"], sea["since"]) == (40, 0.5, 240, "2026-11-12")
    assert (sea["departments"], sweet["departments"]) == ({"Piura": 40}, {"Lima": 40})
    assert (sea["positive_share"], sweet["negative_share"]) == (1.0, 1.0)
    assert {"tiradito", "parihuela"} <= {each["id"] for each in sea["concepts"]}
    assert "marino" in {each["id"] for each in sea["tags"]}
    assert "dulcero" in {each["id"] for each in sweet["tags"]}
    table = await client.get("/trends/segments", headers={"Accept": "text/csv"})
    rows = list(csv.DictReader(StringIO(table.content.decode("utf-8-sig"), newline="")))
    assert [(row["people"], row["concepts.id"]) for row in rows] == [
        (str(each["people"]), ";".join(concept["id"] for concept in each["concepts"]))
        for each in answer["segments"]
    ]
    for told in (*sea["concepts"], *sea["tags"]):
        assert told["lift"] == pytest.approx(told["share"] / told["share_of_all"], rel=0.02)
        assert told["name_es"]
        assert told["name_en"]
    assert "pescado" in sea["name_es"].lower() or "ceviche" in sea["name_es"].lower()


async def test_no_person_no_item_and_no_text_is_told(client, database, tasteful):
    events = tasteful()
    await index(database, events)
    await watched(database)
    answer = await client.get("/trends/segments")
    assert len(answer.json()["segments"]) == 2
    for event in events:
        assert event.customer not in answer.text
        assert event.id not in answer.text
        assert event.text not in answer.text


async def test_a_new_day_keeps_the_ids(client, database, tasteful):
    await index(database, tasteful())
    await watched(database)
    before = {each["id"]: each["name_es"] for each in (await asked(client))["segments"]}
    await watched(database, NOW + timedelta(days=1))
    assert {each["id"]: each["name_es"] for each in (await asked(client))["segments"]} == before
