"""SIGTERM in the middle of work: what is open is answered, what was accepted is kept, and the process ends by
itself within the time that the chart leaves it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Self

import asyncpg
import pytest
from llmock.scenarios import Delay, Reply
from llmock.testing import LLMockServer
from pulso_contracts.events import (
    FEEDBACK_RECEIVED,
    FEEDBACK_SCORED,
    FEEDBACK_STREAM,
    SCORED_STREAM,
    SENTIMENT_GROUP,
    TRENDS_GROUP,
    FeedbackScored,
)
from pulso_kit.database import Database
from pulso_streams import Message, Publisher, Stream, backlog, connect
from pulso_trends.store.indexing import index
from pulso_trends.store.migrate import migrate

from tests.faults.importing import items
from tests.faults.outcome import assert_rollups_are_right
from tests.faults.stack import eventually
from tests.fixtures.frozen_events import frozen_events
from tests.upgrades.deployment import ADMIN_KEY, Pod, specs

SECONDS = 240.0
FEEDBACK, SCORED = Stream(FEEDBACK_STREAM), Stream(SCORED_STREAM)
TEXT = "El lomo saltado estuvo buenazo, pero el pedido llegó tarde y frío, y nadie contestó el teléfono. "

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

StartPod = Callable[..., Pod]


@pytest.fixture
async def client(redis_url: str):
    client = connect(redis_url)
    yield client
    await client.aclose()


def messages(kind: str, count: int, *, first: int = 0) -> list[Message]:
    """Events of one kind with ids and texts of their own, numbered from the first on, of the last days."""
    event = json.loads(frozen_events("0.1.0", kind)[0])
    newest = datetime.now(UTC) - timedelta(hours=1)
    made = []
    for number in range(first, first + count):
        created = (newest - timedelta(minutes=number)).isoformat()
        own = {"id": f"{number:032x}", "text": f"{event['text']} ({number})", "created_at": created}
        body = json.dumps(event | own)
        made.append(Message(own["id"], kind, body.encode()))
    return made


async def in_streams(client, *shards: tuple[Stream, str]) -> list[int]:
    found = [await backlog(client, stream, group) for stream, group in shards]
    assert not any(each.dead for each in found)
    return [each.length for each in found]


class Feed:
    """Events that keep coming, faster than they are worked off: whoever is told to end has work left."""

    WAITING = 1_000

    def __init__(self, client, stream: Stream, kind: str, group: str) -> None:
        self.published = 0
        self._client, self._stream, self._kind, self._group = client, stream, kind, group
        self._over = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._publisher = Publisher(self._client, self._stream)
        await self._more()
        self._feeding = asyncio.create_task(self._feed())
        return self

    async def __aexit__(self, *_: object) -> None:
        """The last events come when nobody is there to take them."""
        self._over.set()
        await self._feeding
        await self._more()

    async def _more(self) -> None:
        await self._publisher.publish_many(messages(self._kind, self.WAITING, first=self.published))
        self.published += self.WAITING

    async def _feed(self) -> None:
        while not self._over.is_set():
            (left,) = await in_streams(self._client, (self._stream, self._group))
            if left < self.WAITING:
                await self._more()
            await asyncio.sleep(0.01)


async def test_an_upload_and_an_import_on_their_way(pod: StartPod, client, tmp_path: Path):
    ingest = await pod("ingest").ready()
    go_on = asyncio.Event()
    rows = [json.dumps(item) for item in items("upload", 5_000)]
    half = "\n".join(rows[:2_500]) + "\n"

    async def slowly() -> AsyncIterator[bytes]:
        yield half.encode()
        await go_on.wait()
        yield "\n".join(rows[2_500:]).encode()

    def arrived() -> bool:
        return any(tmp_path.glob("imports/incoming/*"))

    async def not_spooled() -> object:
        return None if arrived() else "nothing has arrived"

    async def not_begun() -> object:
        return None if (await in_streams(client, (FEEDBACK, SENTIMENT_GROUP)))[0] else "nothing published"

    async with ingest.client() as asked:
        uploading = asyncio.create_task(asked.post("/imports?filename=b.ndjson", content=slowly()))
        await eventually(not_spooled, SECONDS, "half of the upload has arrived")
        whole = "\n".join(json.dumps(item) for item in items("import", 5_000)).encode()
        running = (await asked.post("/imports?filename=a.ndjson", content=whole)).json()
        await eventually(not_begun, SECONDS, "the import has begun")
        ingest.tell_to_end()
        ingest.tell_to_end()
        go_on.set()
        uploaded = await uploading
        assert uploaded.status_code == 202, uploaded.text
        await ingest.ended()
    (published,) = await in_streams(client, (FEEDBACK, SENTIMENT_GROUP))
    assert published < 5_000, "the import was over before"

    ingest = await pod("ingest").ready()
    async with ingest.client() as asked:
        for job in (running["id"], uploaded.json()["id"]):

            async def unfinished(job: str = job) -> object:
                now = (await asked.get(f"/imports/{job}")).json()
                return None if now["state"] == "completed" else now

            await eventually(unfinished, SECONDS, "the import is completed")
            done = (await asked.get(f"/imports/{job}")).json()
            assert (done["accepted"] + done["duplicates"], done["rejected"]) == (5_000, 0)
    assert await in_streams(client, (FEEDBACK, SENTIMENT_GROUP)) == [10_000]


async def test_batches_in_the_model_and_the_worker(pod: StartPod, client):
    worker = pod("sentiment-worker")

    async def not_begun() -> object:
        assert worker.running, worker.log
        return None if (await in_streams(client, (SCORED, TRENDS_GROUP)))[0] else "nothing scored"

    async with Feed(client, FEEDBACK, FEEDBACK_RECEIVED, SENTIMENT_GROUP) as feed:
        await eventually(not_begun, SECONDS, "some are scored")
        await worker.end()
    left, done = await in_streams(client, (FEEDBACK, SENTIMENT_GROUP), (SCORED, TRENDS_GROUP))
    assert left + done == feed.published
    for shard in range(FEEDBACK.shards):
        holders = (await client.xpending(FEEDBACK.key(shard), SENTIMENT_GROUP))["consumers"]
        assert {each["name"] for each in holders} <= {b"nobody"}, "not released: others would wait"


async def test_texts_in_the_model_of_the_api(pod: StartPod):
    sentiment = await pod("sentiment").ready()
    async with sentiment.client() as asked:
        texts = [TEXT * 8 + str(number) for number in range(64)]
        asking = asyncio.create_task(asked.post("/sentiment", json={"texts": texts}))

        async def not_begun() -> object:
            lines = (await asked.get("/metrics")).text.splitlines()
            queued = [line for line in lines if line.startswith("pulso_sentiment_queued_tokens{")]
            return None if any(float(line.split()[-1]) for line in queued) else queued

        await eventually(not_begun, SECONDS, "the texts are in the engine")
        assert not asking.done()
        await sentiment.end()
        answer = await asking
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["results"]) == len(texts)


async def test_batches_on_their_way_into_the_database(pod: StartPod, client, wiring: dict[str, str]):
    indexer = pod("trends-indexer")

    async def not_begun() -> object:
        assert indexer.running, indexer.log
        published = feed.published
        (left,) = await in_streams(client, (SCORED, TRENDS_GROUP))
        return None if left < published else left

    async with Feed(client, SCORED, FEEDBACK_SCORED, TRENDS_GROUP) as feed:
        await eventually(not_begun, SECONDS, "some are indexed")
        await indexer.end()
    (left,) = await in_streams(client, (SCORED, TRENDS_GROUP))
    await assert_rollups_are_right(wiring["PULSO_DATABASE_URL"], items=feed.published - left)


async def test_a_brief_in_the_making_and_an_open_feed(pod: StartPod, wiring: dict[str, str]):
    url = wiring["PULSO_DATABASE_URL"]
    database = Database(url, application="test")
    await migrate(database)
    made = messages(FEEDBACK_SCORED, 60)
    await index(database, [FeedbackScored.model_validate_json(each.body) for each in made])
    await database.close()
    section = {"heading": "En breve", "sentences": ["Llegaron {F3}."]}
    with LLMockServer() as model:
        model.state.scenarios.add(Delay(3), Reply(text=json.dumps({"sections": [section]})))
        hasty = specs({"global": {"settings": {"shutdownSeconds": 1}}})  # less than the model takes
        told = {"OPENAI_API_KEY": "test", "OPENAI_BASE_URL": model.base_url("openai")}
        trends = pod("trends")
        wires = {"PULSO_TRENDS_URL": trends.url}
        insights = pod("insights", chart=hasty, beside=told, **wires)
        gateway = pod("gateway", chart=hasty, PULSO_INSIGHTS_URL=insights.url, **wires)
        for each in (trends, insights, gateway):
            await each.ready()
        async with gateway.client() as asked:
            asked.headers["Authorization"] = f"Bearer {ADMIN_KEY}"
            writing = asyncio.create_task(asked.post("/api/v1/insights", json={}))

            async def not_asked() -> object:
                async with insights.client() as watching:
                    metrics = (await watching.get("/metrics")).text
                return None if "pulso_insights_collecting_seconds_count 1.0" in metrics else "no facts yet"

            async with asked.stream("GET", "/api/v1/live") as feed:
                pieces = feed.aiter_bytes()
                await anext(pieces)
                await eventually(not_asked, SECONDS, "the brief is being written")
                assert not writing.done()
                for each in (gateway, trends, insights):
                    each.tell_to_end()
                async for _ in pieces:
                    pass
            brief = await writing
            assert brief.status_code == 201, brief.text
            assert brief.json()["writer"]["name"] == "openai"
        for each in (gateway, trends, insights):
            await each.ended()
    connection = await asyncpg.connect(url)
    assert await connection.fetchval("SELECT id FROM briefs") == brief.json()["id"]
    await connection.close()


async def test_a_start_that_waits_for_a_migration_or_a_model(pod: StartPod, wiring: dict[str, str]):
    url = wiring["PULSO_DATABASE_URL"]
    other = await asyncpg.connect(url)
    await other.execute("SELECT pg_advisory_lock(7095210)")
    waiting = [pod("trends"), pod("insights")]

    async def not_there() -> object:
        asked = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        found = await other.fetchval(asked)
        return None if found == len(waiting) else found

    await eventually(not_there, SECONDS, "both wait for the lock")
    for each in waiting:
        await each.end()
    tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'"
    assert await other.fetchval(tables) == 0
    await other.close()
