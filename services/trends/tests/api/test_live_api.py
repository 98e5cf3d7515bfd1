"""GET /live: what is indexed reaches listeners, whoever indexed it."""

import json
from contextlib import asynccontextmanager

import pytest
from pulso_trends.store.indexing import index


@asynccontextmanager
async def listening(client, headers=None, **asked):
    """An open feed: an iterator over (id, item), ready once the server has said that it listens."""
    async with client.stream("GET", "/live", params=asked, headers=headers) as response:
        response.raise_for_status()
        lines = response.aiter_lines()
        while await anext(lines) != ": listening":
            pass

        async def events():
            event = {}
            async for line in lines:
                if not line and "data" in event:
                    yield event["id"], json.loads(event["data"])
                name, _, value = line.partition(": ")
                event = event | {name: value} if line else {}

        yield events()


async def test_listeners_hear_what_the_stream_brings(start_service, database_url, publish, scored):
    async with start_service(database_url) as client, listening(client) as events:
        sent = [scored(f"item {number}") for number in range(3)]
        await publish(*sent)
        heard = [(await anext(events))[1]["id"] for _ in sent]
        assert sorted(heard) == sorted(event.id for event in sent)


async def test_listeners_hear_what_another_process_indexed_and_they_asked_for(
    start_service, database, database_url, scored
):
    async with (
        start_service(database_url, role="api", live_poll_seconds=0.05) as client,
        listening(client, region="Cusco", q="ceviche") as events,
    ):
        await index(database, [scored(region="Lima"), scored("pollo", region="Cusco")])
        wanted = scored("Qué buen ceviche", region="Cusco")
        await index(database, [scored(region="Lima"), wanted])
        assert (await anext(events))[1]["id"] == wanted.id


async def test_a_client_that_comes_back_misses_nothing(start_service, database, database_url, scored):
    async with start_service(database_url, role="api", live_poll_seconds=0.05) as client:
        events = [scored(f"{number}") for number in range(250)]
        async with listening(client) as feed:
            await index(database, events[:2])
            place, first = await anext(feed)
        await index(database, events[2:])
        async with listening(client, headers={"Last-Event-ID": place}) as feed:
            rest = [(await anext(feed))[1]["text"] for _ in events[1:]]
        assert [first["text"], *rest] == [event.text for event in events]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_event_id_that_never_was_starts_at_the_end(start_service, database, database_url, scored):
    await index(database, [scored("before")])
    async with start_service(database_url, role="api", live_poll_seconds=0.05) as client:
        for unknown in ("99999999999999999999", "999", "-1", "x", "٣"):
            async with listening(client, headers=[(b"last-event-id", unknown.encode())]) as events:
                await index(database, [scored(f"after {unknown}")])
                assert (await anext(events))[1]["text"] == f"after {unknown}"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_places_are_limited_and_given_back(start_service, database_url, eventually):
    async with start_service(database_url, role="api", live_max_clients=1) as client:
        async with listening(client):
            refused = await client.get("/live")
            assert refused.status_code == 503
            assert refused.headers["retry-after"] == "10"

        async def again():
            async with client.stream("GET", "/live") as response:
                return response.status_code == 200

        await eventually(again)
