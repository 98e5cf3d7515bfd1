import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest
from pulso_contracts.events import FEEDBACK_RECEIVED, FEEDBACK_SCORED, FeedbackReceived, FeedbackScored
from pulso_sentiment.cache import AnswerCache
from pulso_sentiment.scoring import Scorer
from pulso_sentiment.worker import Worker
from pulso_streams import Consumer, DeadLetters, Message, Publisher, Stream, backlog, connect

from tests.fixtures.frozen_events import frozen_events

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
FEEDBACK, SCORED = Stream("feedback"), Stream("scored")


def feedback(number: int, text: str) -> Message:
    event = FeedbackReceived(
        id=f"{number:032x}", accepted_at=NOW, created_at=NOW, text=text, channel="survey", language="es",
        region="Arequipa", metadata={"caja": 3},
    )  # fmt: skip
    return Message(
        event.id, FEEDBACK_RECEIVED, event.model_dump_json().encode(), {"request_id": f"r{number}"}
    )


@pytest.fixture
async def client(redis_url):
    client = connect(redis_url)
    yield client
    await client.aclose()


@pytest.fixture
def working(client, make_engine):
    @asynccontextmanager
    async def work(scored_length: int = 100_000):
        engine = make_engine()
        consumer = Consumer(
            client, FEEDBACK, "sentiment", block=0.05, claim_idle=1.0, max_deliveries=2, retry_delay=0
        )
        scorer = Scorer(engine, AnswerCache("dummy-1", size=0))
        worker = Worker(scorer, consumer, Publisher(client, SCORED, max_length=scored_length), batches=3)
        draining = asyncio.Event()
        async with engine.running(lambda: None):
            task = asyncio.create_task(worker.run(draining))
            try:
                yield
            finally:
                draining.set()
                await asyncio.wait_for(task, 15)

    return work


async def until(condition):
    async with asyncio.timeout(15):
        while not await condition():  # noqa: ASYNC110 - the condition lies in the server
            await asyncio.sleep(0.02)


def length_is(client, stream, group, length):
    async def reached():
        return (await backlog(client, stream, group)).length == length

    return reached


async def scored_events(client, expected):
    await until(length_is(client, SCORED, "trends", expected))
    events = {}
    async with Consumer(client, SCORED, "trends", block=0.05, batch_size=1_000) as consumer:
        while len(events) < expected:
            for delivery in await consumer.fetch():
                assert delivery.message.type == FEEDBACK_SCORED
                assert delivery.message.id not in events
                events[delivery.message.id] = (
                    delivery.message,
                    FeedbackScored.model_validate_json(delivery.message.body),
                )
    return events


async def test_scores_everything_once_and_leaves_nothing(client, working):
    texts = ["rico", "pésimo", "la comida rica pero el delivery tarde"]
    await Publisher(client, FEEDBACK).publish_many([feedback(n, texts[n % 3]) for n in range(400)])
    async with working():
        events = await scored_events(client, 400)
        await until(length_is(client, FEEDBACK, "sentiment", 0))
    message, event = events[f"{2:032x}"]
    assert message.headers == {"request_id": "r2"}
    assert (event.region, event.metadata, event.model_version) == ("Arequipa", {"caja": 3}, "dummy-1")
    assert [aspect.aspect for aspect in event.aspects] == ["sabor", "entrega"]
    angry = events[f"{1:032x}"][1]
    assert (angry.sentiment, angry.emotion.emotion) == ("negative", "anger")
    assert angry.confidence == angry.probabilities.negative
    assert event.scored_at.tzinfo is not None


async def test_events_of_the_first_release_and_of_a_later_one_are_scored(client, working):
    bodies = [json.loads(body) for body in frozen_events("0.1.0", FEEDBACK_RECEIVED)]
    later = [body | {"id": f"{body['id'][:-1]}x", "shelf": "A"} for body in bodies]
    messages = [
        Message(body["id"], FEEDBACK_RECEIVED, json.dumps(body).encode(), {"later-header": "1"})
        for body in (*bodies, *later)
    ]
    await Publisher(client, FEEDBACK).publish_many(messages)
    async with working():
        events = await scored_events(client, 6)
    for body in (*bodies, *later):
        _, event = events[body["id"]]
        told = event.model_dump(mode="json")
        assert {name: told[name] for name in body if name not in {"flags", "shelf"}} == {
            name: value for name, value in body.items() if name not in {"flags", "shelf"}
        }


async def test_what_is_no_feedback_is_dead_at_once_and_poison_after_its_tries(client, working):
    bad = [
        Message("a", FEEDBACK_RECEIVED, b'{"id": 1}'),
        Message("b", "other.v1", b"{}"),
        feedback(7, "un veneno"),
    ]
    await Publisher(client, FEEDBACK).publish_many([*bad, feedback(8, "rico")])
    async with working():
        assert set(await scored_events(client, 1)) == {f"{8:032x}"}

        async def all_dead():
            return (await backlog(client, FEEDBACK, "sentiment")).dead == 3

        await until(all_dead)
    letters, _ = await DeadLetters(client, FEEDBACK).page()
    errors = {letter.message.id: letter.error for letter in letters if letter.message}
    assert errors == {
        "a": "not a feedback.received.v1 event",
        "b": "not a feedback.received.v1 event",
        f"{7:032x}": "TextFailed",
    }


async def test_a_batch_of_nothing_but_garbage_does_not_hold_the_worker(client, working):
    publisher = Publisher(client, FEEDBACK)
    async with working():
        await publisher.publish(Message("a", "other.v1", b"{}"))
        await until(length_is(client, FEEDBACK, "sentiment", 0))
        await publisher.publish(feedback(1, "rico"))
        assert len(await scored_events(client, 1)) == 1


async def test_a_full_next_stream_holds_the_worker_back_and_loses_nothing(client, working):
    await Publisher(client, FEEDBACK).publish_many([feedback(n, "rico") for n in range(40)])
    async with working(scored_length=8):
        seen = set()
        async with Consumer(client, SCORED, "trends", block=0.05) as consumer, asyncio.timeout(15):
            while len(seen) < 40:
                deliveries = await consumer.fetch()
                seen |= {delivery.message.id for delivery in deliveries}
                await consumer.complete(deliveries)
    assert len(seen) == 40


async def test_stopping_hands_over_what_is_in_flight_and_releases_the_rest(client, working, faulty_model):
    await Publisher(client, FEEDBACK).publish_many([feedback(n, "rico") for n in range(600)])
    faulty_model.gate.clear()
    async with working():
        await until(lambda: asyncio.to_thread(faulty_model.entered.wait, 10))
        faulty_model.gate.set()
    done = (await backlog(client, SCORED, "trends")).length
    left = await backlog(client, FEEDBACK, "sentiment")
    assert done + left.length == 600
    assert left.dead == 0
    async with working():
        await scored_events(client, 600)
