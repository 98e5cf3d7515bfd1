"""The service as a process that is stopped, dies in a stage, or is left by its clients."""

import asyncio
import signal
import socket
import time
from datetime import UTC, datetime

import httpx
import pytest
from pulso_contracts.events import FEEDBACK_RECEIVED, FeedbackReceived
from pulso_streams import Consumer, Message, Publisher, Stream, backlog, connect

pytestmark = pytest.mark.slow
FEEDBACK, SCORED = Stream("feedback"), Stream("scored")
ITEMS = 2_500
DIES = """
from pulso_kit.server import serve
from pulso_sentiment import app, settings
from pulso_sentiment.model.dummy import DummyModel

class Mortal(DummyModel):
    def tokenise(self, texts):
        if "muere" in texts:
            raise SystemExit
        return super().tokenise(texts)

app.load_model = lambda *_, **__: Mortal()
serve("sentiment", settings.SentimentSettings, app.build_app)
"""


def feedback(number: int) -> Message:
    now = datetime(2026, 11, 20, 12, tzinfo=UTC)
    text = f"El plato {number} estuvo rico"
    event = FeedbackReceived(
        id=f"{number:032x}", accepted_at=now, created_at=now, text=text, channel="survey", language="es"
    )  # fmt: skip
    return Message(event.id, FEEDBACK_RECEIVED, event.model_dump_json().encode())


async def wait_for(condition) -> None:
    async with asyncio.timeout(60):
        while not await condition():  # noqa: ASYNC110 - the condition lies in another process
            await asyncio.sleep(0.01)


async def test_sigterm_amid_batches_loses_nothing_and_scores_nothing_twice(start, redis_url):
    client = connect(redis_url)

    async def scored() -> int:
        return (await backlog(client, SCORED, "trends")).length

    async def some_scored() -> bool:
        return await scored() > 0

    async def all_scored() -> bool:
        return await scored() >= ITEMS

    await Publisher(client, FEEDBACK).publish_many([feedback(number) for number in range(ITEMS)])
    first = await asyncio.to_thread(start(redis_url=redis_url).wait_until_ready)
    async with httpx.AsyncClient(timeout=60) as http:
        texts = [f"La sopa {number} llegó fría" for number in range(256)]
        asked = asyncio.create_task(http.post(f"{first.url}/sentiment", json={"texts": texts}))
        await wait_for(some_scored)
        first.process.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(first.process.wait, 30) == 0
        assert (await asked).status_code == 200
    assert 0 < await scored() < ITEMS
    left = await backlog(client, FEEDBACK, "sentiment")
    assert await scored() + left.length == ITEMS
    start(redis_url=redis_url)
    await wait_for(all_scored)
    ids: list[str] = []
    async with Consumer(client, SCORED, "trends", block=0.05, batch_size=1_000) as consumer:
        while len(ids) < ITEMS:
            ids += [delivery.message.id for delivery in await consumer.fetch()]
    assert len(set(ids)) == len(ids) == ITEMS
    assert (await backlog(client, FEEDBACK, "sentiment")).dead == 0
    await client.aclose()


def test_a_stage_that_dies_ends_the_process_and_answers_its_callers(start):
    service = start("-c", DIES, role="api").wait_until_ready()
    assert httpx.post(f"{service.url}/sentiment", json={"texts": ["rico"]}).status_code == 200
    answer = httpx.post(f"{service.url}/sentiment", json={"texts": ["muere"]})
    assert (answer.status_code, answer.json()["type"]) == (503, "urn:pulso:problem:unavailable")
    assert service.process.wait(30) == 1


def test_texts_of_a_client_that_hangs_up_are_dropped(start):
    service = start(role="api").wait_until_ready()
    # Some 250,000 tokens, far more than two cores read in the time given below.
    body = httpx.Request("POST", service.url, json={"texts": [f"ají {n} " * 500 for n in range(256)]}).content
    head = "POST /sentiment HTTP/1.1\r\nHost: x\r\nContent-Type: application/json"

    def queued() -> float:
        lines = httpx.get(f"{service.url}/metrics").text.splitlines()
        return sum(
            float(line.split()[-1]) for line in lines if line.startswith("pulso_sentiment_queued_tokens{")
        )

    with socket.create_connection(("127.0.0.1", service.port)) as client:
        client.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        deadline = time.monotonic() + 30
        while queued() == 0:
            assert time.monotonic() < deadline
            time.sleep(0.01)
    deadline = time.monotonic() + 10
    while queued() > 0:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert httpx.post(f"{service.url}/sentiment", json={"texts": ["rico"]}).status_code == 200
