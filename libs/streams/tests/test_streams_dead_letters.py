"""What cannot be processed: tried again, then set aside with its story, then replayed or dropped."""

import asyncio

import pytest
from pulso_streams import DeadLetters, Message, Publisher, Stream


@pytest.fixture
def dead(client, feedback):
    return DeadLetters(client, feedback)


async def ids(dead):
    letters, _ = await dead.page(limit=1000)
    return [letter.id for letter in letters]


async def test_a_failure_is_tried_again_and_then_buried(
    client, feedback, publisher, consumers, messages, fetch_until, dead, counted
):
    [message] = messages(1)
    await publisher.publish(message)
    consumer = consumers(max_deliveries=3)

    for attempt in (1, 2, 3):
        [delivery] = await fetch_until(consumer, 1)
        assert delivery.attempt == attempt
        await consumer.fail(delivery, ValueError("texto secreto del cliente"))

    [letter], cursor = await dead.page()
    assert (letter.message, letter.error, letter.deliveries, letter.group) == (
        message,
        "ValueError",
        3,
        "sentiment",
    )
    assert letter.origin == delivery.entry
    assert cursor is None
    assert await consumer.fetch() == []
    assert await client.hlen(feedback.errors_key(delivery.shard)) == 0
    assert counted("failed_messages", stream="feedback", group="sentiment") == 2
    assert counted("dead_messages", stream="feedback", group="sentiment") == 1


async def test_a_success_after_a_failure_leaves_nothing(
    client, feedback, publisher, consumers, messages, fetch_until, dead
):
    await publisher.publish_many(messages(1))
    consumer = consumers()
    [delivery] = await fetch_until(consumer, 1)
    await consumer.fail(delivery, "engine_overloaded")
    assert await client.hget(feedback.errors_key(delivery.shard), delivery.entry) == b"engine_overloaded"

    assert await consumer.complete(await fetch_until(consumer, 1)) == 1

    assert await dead.count() == 0
    assert await client.hlen(feedback.errors_key(delivery.shard)) == 0


async def test_a_failed_message_waits_before_it_comes_again(publisher, consumers, messages, fetch_until):
    await publisher.publish_many(messages(1))
    consumer = consumers(claim_idle=60.0, retry_delay=60.0)
    [delivery] = await fetch_until(consumer, 1)
    await consumer.fail(delivery, "later")

    for _ in range(5):
        assert await consumers(claim_idle=60.0).fetch() == []


async def test_a_message_that_kills_its_consumer_is_buried_and_takes_no_neighbour_along(
    publisher, consumers, messages, dead, kill
):
    batch = messages(6)
    await publisher.publish_many(batch)
    poison, completed = batch[2].id, []

    async def live() -> None:
        """One life of a worker: it completes batches until it meets the poison and dies with all it holds."""
        consumer = consumers(max_deliveries=4, claim_idle=0.1)
        while not await dead.count():
            deliveries = await consumer.fetch()
            if any(delivery.message.id == poison for delivery in deliveries):
                kill(consumer)
                return
            await consumer.complete(deliveries)
            completed.extend(delivery.message.id for delivery in deliveries)

    async with asyncio.timeout(20):
        while not await dead.count():
            await live()

    assert sorted(completed) == sorted(message.id for message in batch if message.id != poison)
    [letter], _ = await dead.page()
    assert (letter.message.id, letter.deliveries) == (poison, 4)
    assert letter.error == "consumer vanished without an answer"


async def test_what_nobody_could_have_published_is_buried(client, feedback, consumers, dead, eventually):
    await client.xadd(feedback.key(1), {"unexpected": "entry"})
    await client.xadd(feedback.key(2), {"id": "x", "type": "t", "headers": "[1]", "body": ""})
    await client.xadd(feedback.key(3), {"id": "x", "type": "t", "headers": "[" * 100_000, "body": ""})
    await client.xadd(feedback.key(3), {"id": b"\xff", "type": "t", "headers": "{}", "body": ""})
    consumer = consumers()

    async def buried():
        assert await consumer.fetch() == []
        return await dead.count() == 4

    await eventually(buried)
    letters, _ = await dead.page()
    assert {(letter.message, letter.error) for letter in letters} == {(None, "malformed entry")}
    assert consumer.in_flight == 0


async def test_rejected_messages_are_replayed_as_new(publisher, consumers, messages, fetch_until, dead):
    await publisher.publish_many(messages(10))
    consumer = consumers()
    await consumer.reject(await fetch_until(consumer, 10), "unparseable")
    assert await dead.count() == 10

    chosen = (await ids(dead))[:4]
    assert await dead.replay([*chosen, chosen[0], "0:1-1"]) == 4
    assert await dead.replay_all() == 6

    again = await fetch_until(consumer, 10)
    assert sorted(each.message.id for each in again) == sorted(message.id for message in messages(10))
    assert {each.attempt for each in again} == {1}
    assert await dead.count() == 0


async def test_what_dies_again_during_a_replay_stays(publisher, consumers, messages, fetch_until, dead):
    await publisher.publish_many(messages(5))
    consumer = consumers()
    await consumer.reject(await fetch_until(consumer, 5), "first")
    await dead.replay_all()
    await consumer.reject(await fetch_until(consumer, 5), "second")

    letters, _ = await dead.page()

    assert [letter.error for letter in letters] == ["second"] * 5
    assert [letter.deliveries for letter in letters] == [1] * 5


async def test_dropped_letters_are_gone(publisher, consumers, messages, fetch_until, dead):
    await publisher.publish_many(messages(10))
    consumer = consumers()
    await consumer.reject(await fetch_until(consumer, 10), "unparseable")

    assert await dead.drop((await ids(dead))[:3]) == 3
    assert await dead.drop_all() == 7

    assert await dead.count() == 0
    assert await consumer.fetch() == []


async def test_pages_hold_each_letter_once(publisher, consumers, messages, fetch_until, dead):
    await publisher.publish_many(messages(25))
    consumer = consumers()
    await consumer.reject(await fetch_until(consumer, 25), "unparseable")

    seen, cursor = [], None
    while True:
        letters, cursor = await dead.page(cursor, limit=4)
        seen += [letter.message.id for letter in letters]
        if cursor is None:
            break

    assert sorted(seen) == sorted(message.id for message in messages(25))


async def test_more_letters_than_one_chunk_are_replayed(
    client, consumers, messages, fetch_until, monkeypatch
):
    monkeypatch.setattr("pulso_streams.dead_letters._CHUNK", 7)
    stream = Stream("busy", shards=1)
    await Publisher(client, stream).publish_many(messages(30))
    consumer = consumers(stream)
    await consumer.reject(await fetch_until(consumer, 30), "unparseable")

    assert await DeadLetters(client, stream).replay_all() == 30


@pytest.mark.parametrize(
    "wrong", ["", "0", "9:1-1", "0:1", "0:a-b", "0:1-1-1", "x" * 1000, "-1:1-1", "٣:1-1"]
)
async def test_an_id_that_no_letter_has_is_refused(dead, wrong):
    with pytest.raises(ValueError, match="not the id of a dead letter"):
        await dead.replay([wrong])


async def test_an_error_is_kept_short_and_on_one_line(publisher, consumers, messages, fetch_until, dead):
    await publisher.publish_many(messages(1))
    consumer = consumers()
    await consumer.reject(await fetch_until(consumer, 1), "code\nwith lines " + "x" * 1000)

    [letter], _ = await dead.page()

    assert letter.error.startswith("code with lines x")
    assert len(letter.error) == 200


async def test_another_consumers_delivery_cannot_be_failed_or_rejected(
    publisher, consumers, messages, fetch_until, dead, kill
):
    """A consumer that was cut off must not disturb the one that took over."""
    await publisher.publish_many(messages(2))
    stale, owner = consumers(), consumers()
    old = await fetch_until(stale, 2)
    kill(stale)
    deliveries = await fetch_until(owner, 2)

    await stale.fail(old[0], "late")
    await stale.reject([old[1]], "late")

    assert await dead.count() == 0
    assert await owner.complete(deliveries) == 2


def test_a_message_has_an_id_and_a_type():
    with pytest.raises(ValueError, match="an id and a type"):
        Message("", "feedback.received.v1", b"")
