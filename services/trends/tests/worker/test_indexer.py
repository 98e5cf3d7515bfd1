"""From the stream to the tables: nothing lost, nothing twice, nothing poisonous left behind."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from functools import partial
from operator import sub

import pytest
from prometheus_client import REGISTRY
from pulso_contracts.events import FEEDBACK_SCORED, SCORED_STREAM, TRENDS_GROUP
from pulso_kit.health import Heartbeat
from pulso_streams import (
    Consumer,
    DeadLetters,
    Message,
    Publisher,
    Stream,
    StreamUnavailable,
    backlog,
    connect,
)
from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.settings import TrendsSettings
from pulso_trends.store.indexing import index
from pulso_trends.store.recount import recount
from pulso_trends.store.retention import forget_some
from pulso_trends.worker.indexer import TOO_OLD, Indexer
from pydantic import ValidationError

from tests.fixtures.frozen_events import frozen_events


@pytest.fixture
async def stream_client(redis_url):
    client = connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def drained(stream_client, eventually):
    async def wait():
        async def empty():
            return (await backlog(stream_client, Stream(SCORED_STREAM), TRENDS_GROUP)).length == 0

        await eventually(empty)

    return wait


async def test_what_the_stream_brings_is_indexed_once(
    start_service, database, database_url, publish, scored, drained
):
    events = [scored(f"item {number}", region="Lima") for number in range(40)]
    async with start_service(database_url, index_batch_size=8) as client:
        await publish(*events)
        await drained()
        status = (await client.get("/trends/status")).json()
        assert (status["items"], status["waiting"], status["dead"]) == (40, 0, 0)
        assert (await client.get("/readyz")).status_code == 200
        metrics = (await client.get("/metrics")).text
        assert "pulso_trends_accepted_to_indexed_seconds_count" in metrics
    assert (await recount(database)).wrong_cells == 0


async def test_events_of_the_first_release_and_of_a_later_one_are_indexed(
    start_service, database, database_url, stream_client, drained
):
    bodies = [json.loads(body) for body in frozen_events("0.1.0", FEEDBACK_SCORED)]
    later = [body | {"id": f"{body['id'][:-1]}x", "shelf": "A"} for body in bodies]
    messages = [
        Message(body["id"], FEEDBACK_SCORED, json.dumps(body).encode(), {"later-header": "1"})
        for body in (*bodies, *later)
    ]
    async with start_service(database_url) as client:
        await Publisher(stream_client, Stream(SCORED_STREAM)).publish_many(messages)
        await drained()
        found = {item["id"]: item for item in (await client.get("/feedback")).json()["items"]}
    assert set(found) == {message.id for message in messages}
    for body in (*bodies, *later):
        told = found[body["id"]]
        assert {name: told[name] for name in body if name in told} == {
            name: value for name, value in body.items() if name in told
        }
    assert (await recount(database)).wrong_cells == 0


async def test_what_is_indexed_is_counted_by_closed_lists_of_labels(
    start_service, database_url, publish, scored, drained
):
    def counted(name, **labels):
        return REGISTRY.get_sample_value(f"pulso_trends_{name}_items_total", labels) or 0.0

    def figures():
        return (
            counted("indexed", channel="market", sentiment="negative"),
            counted("department", department="Puno", sentiment="negative"),
            counted("department", department="none", sentiment="negative"),
            counted("doubtful", channel="market"),
        )

    before = figures()
    sure = scored(channel="market", sentiment="negative", region="Puno")
    unsure = scored(channel="market", sentiment="negative", flags=["low_confidence"])
    elsewhere = scored(channel="market", sentiment="negative", region="Narnia")
    async with start_service(database_url):
        await publish(sure, unsure, elsewhere, sure)
        await drained()
    assert tuple(map(sub, figures(), before)) == (3, 1, 2, 1)
    assert counted("department", department="Narnia", sentiment="negative") == 0


async def test_a_crash_between_storing_and_acknowledging_counts_nothing_twice(
    start_service, database, database_url, publish, scored, drained
):
    events = [scored(region="Lima", aspects={"sabor": "positive"}) for _ in range(12)]
    await publish(*events)
    await index(database, events[:7])  # what the indexer that crashed had committed
    async with start_service(database_url, index_batch_size=5) as client:
        await drained()
        assert (await client.get("/trends/status")).json()["items"] == 12
    assert (await recount(database)).wrong_cells == 0


async def test_what_can_never_be_indexed_goes_to_the_dead_letters(
    start_service, database, database_url, publish, scored, drained, stream_client
):
    good = scored()
    ancient = json.loads(scored().model_dump_json()) | {"created_at": "0001-01-01T00:00:00Z"}
    endless = json.loads(scored().model_dump_json()) | {"score": "NaN"}
    torn = json.loads(scored().model_dump_json()) | {"text": "a\x00b"}
    async with start_service(database_url):
        await publish(b"{", *(json.dumps(body).encode() for body in (ancient, endless, torn)))
        await publish(scored(), kind="feedback.scored.v9")
        await publish(good)
        await drained()
    letters, _ = await DeadLetters(stream_client, Stream(SCORED_STREAM)).page()
    assert sorted(letter.error for letter in letters) == [
        "NUL character",
        "created_at out of range",
        "not a scored feedback",
        "score out of range",
        "unknown event type",
    ]
    assert (await recount(database)).items == 1


async def test_a_value_that_the_database_refuses_does_not_sink_its_batch(
    start_service, database, database_url, publish, scored, drained, stream_client
):
    # No index of PostgreSQL holds so long a value; SQLite keeps it, and shows that halving is not the rule.
    heavy = scored(product="".join(chr(0x4E00 + number) for number in range(20_000)))
    await publish(*(scored() for _ in range(5)), heavy, *(scored() for _ in range(5)))
    async with start_service(database_url):
        await drained()
    letters, _ = await DeadLetters(stream_client, Stream(SCORED_STREAM)).page()
    found = await recount(database)
    refused = [] if database.is_sqlite else [heavy.id]
    assert [letter.message.id for letter in letters] == refused
    assert (found.items, found.wrong_cells) == (11 - len(refused), 0)


async def test_a_database_that_restarts_loses_nothing(
    start_service, postgres, postgres_url, publish, scored, drained, eventually
):
    async with start_service(postgres_url) as client:
        await publish(*(scored() for _ in range(5)))
        await drained()
        await asyncio.to_thread(postgres.stop)
        try:
            await publish(*(scored() for _ in range(5)))
            assert (await client.get("/trends/sentiment")).status_code == 503
            assert (await client.get("/readyz")).status_code == 503
            assert (await client.get("/healthz")).status_code == 200
        finally:
            await asyncio.to_thread(postgres.start)
        await drained()
        assert (await client.get("/trends/status")).json()["items"] == 10

        async def ready():
            return (await client.get("/readyz")).status_code == 200

        await eventually(ready)


def rejected_as_too_old():
    return REGISTRY.get_sample_value("pulso_trends_rejected_items_total", {"reason": TOO_OLD}) or 0


async def test_what_is_older_than_what_is_kept_is_told_and_kept_nowhere(
    start_service, database, database_url, publish, scored, drained, stream_client
):
    known, late, young = (scored(created_at=f"{year}-03-01T12:00:00Z") for year in (2019, 2019, 2026))
    await index(database, [known])
    assert await forget_some(database, day_of_hour(hour_of(young.created_at)) - 200) == 1
    before = rejected_as_too_old()
    async with start_service(database_url):
        await publish(known, late, young)
        await drained()
    assert rejected_as_too_old() == before + 1
    assert await DeadLetters(stream_client, Stream(SCORED_STREAM)).count() == 0
    assert (await recount(database)).items == 1


async def test_the_watch_forgets_after_the_days_that_are_set(
    start_service, database, database_url, scored, eventually
):
    now = datetime.now(UTC)
    old, young = (scored(created_at=now - timedelta(days=days)) for days in (170, 150))
    await index(database, [old, young])
    async with start_service(database_url, retention_days=160) as client:

        async def gone():
            return (await client.get(f"/feedback/{old.id}")).status_code == 404

        await eventually(gone)
        assert (await client.get(f"/feedback/{young.id}")).status_code == 200
        assert (await client.get("/trends/status")).json()["items"] == 2


def test_days_that_trends_are_tested_on_must_be_kept():
    assert TrendsSettings().retention_days is None
    with pytest.raises(ValidationError, match="retention_days"):
        TrendsSettings(retention_days=90)


class Faltering(Consumer):
    """Loses its server once, in the middle of settling a batch."""

    lost = False

    async def reject(self, deliveries, error):
        if not self.lost:
            self.lost = True
            raise StreamUnavailable("lost")
        await super().reject(deliveries, error)


async def test_an_outage_in_the_middle_of_a_batch_leaves_no_item_behind(
    database, publish, scored, drained, stream_client
):
    await publish(b"{", *(scored() for _ in range(6)))
    consumer = Faltering(stream_client, Stream(SCORED_STREAM), TRENDS_GROUP, claim_idle=0.5)
    indexer = Indexer(consumer, partial(index, database), heartbeat=Heartbeat(60), indexed=list)
    draining = asyncio.Event()
    running = asyncio.create_task(indexer.run(draining))
    await drained()
    draining.set()
    await running
    assert consumer.lost
    assert (await recount(database)).items == 6
    assert await DeadLetters(stream_client, Stream(SCORED_STREAM)).count() == 1


async def test_two_indexers_share_the_work(start_service, database, database_url, publish, scored, drained):
    await publish(*(scored(region="Lima") for _ in range(60)))
    async with (
        start_service(database_url, role="indexer", index_batch_size=4) as one,
        start_service(database_url, role="indexer", index_batch_size=4),
    ):
        await drained()
        assert (await one.get("/trends/sentiment")).status_code == 404
    found = await recount(database)
    assert (found.items, found.wrong_cells) == (60, 0)
