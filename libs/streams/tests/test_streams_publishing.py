"""Publishing: kept once, in bounds, whole or not at all."""

import asyncio

import pytest
from pulso_streams import (
    Message,
    Publisher,
    PublishStatus,
    Stream,
    StreamFull,
    StreamUnavailable,
    backlog,
    connect,
)
from pulso_streams.scripts import PUBLISH

ACCEPTED, DUPLICATE = PublishStatus.ACCEPTED, PublishStatus.DUPLICATE


async def length(client, stream):
    return (await backlog(client, stream, "nobody")).length


async def test_a_batch_is_accepted_once(client, feedback, publisher, messages, counted):
    batch = messages(100)

    assert await publisher.publish_many(batch) == [ACCEPTED] * 100
    assert await publisher.publish_many(batch) == [DUPLICATE] * 100
    assert await publisher.publish(batch[7]) == DUPLICATE

    assert await length(client, feedback) == 100
    assert counted("published_messages", stream="feedback") == 100
    assert counted("duplicate_messages", stream="feedback") == 101


async def test_of_equal_ids_in_one_batch_the_first_is_kept(publisher, consumers, fetch_until):
    first, second = (Message("same", "feedback.received.v1", body) for body in (b"first", b"second"))
    other = Message("other", "feedback.received.v1", b"")

    assert await publisher.publish_many([first, other, second, first]) == [
        ACCEPTED,
        ACCEPTED,
        DUPLICATE,
        DUPLICATE,
    ]

    bodies = {each.message.id: each.message.body for each in await fetch_until(consumers(), 2)}
    assert bodies == {"same": b"first", "other": b""}


async def test_an_id_is_forgotten_after_its_time(client, feedback, messages, eventually):
    publisher = Publisher(client, feedback, dedup_ttl=0.02)
    [message] = messages(1)
    await publisher.publish(message)

    async def accepted_again():
        return await publisher.publish(message) == ACCEPTED

    await eventually(accepted_again)


async def test_an_empty_batch_is_no_work(publisher):
    assert await publisher.publish_many([]) == []


async def test_a_message_comes_out_as_it_went_in(publisher, consumers, fetch_until):
    message = Message(
        "ñandú-\x00-😀", "feedback.received.v1", bytes(range(256)), {"request_id": "añil", "empty": ""}
    )
    await publisher.publish(message)

    [delivery] = await fetch_until(consumers(), 1)

    assert delivery.message == message
    assert delivery.attempt == 1


async def test_a_full_stream_refuses_the_whole_batch(client, messages, counted):
    stream = Stream("small", shards=1)
    publisher = Publisher(client, stream, max_length=10)
    await publisher.publish_many(messages(8))

    with pytest.raises(StreamFull) as refusal:
        await publisher.publish_many(messages(3, start=100))

    assert refusal.value.retry_after > 0
    assert await length(client, stream) == 8
    assert counted("refused_messages", stream="small", reason="full") == 3
    # What was refused is not remembered as seen, and what is already there needs no room.
    assert await publisher.publish_many(messages(2, start=100)) == [ACCEPTED, ACCEPTED]
    assert await publisher.publish_many(messages(8)) == [DUPLICATE] * 8


async def test_capacity_is_refused_before_any_work(client, messages):
    publisher = Publisher(client, Stream("small", shards=2), max_length=10)
    await publisher.ensure_capacity(10)
    await publisher.publish_many(messages(4))

    with pytest.raises(StreamFull):
        await publisher.ensure_capacity(10)


async def test_a_batch_that_never_fits_is_a_mistake(client, messages):
    publisher = Publisher(client, Stream("small", shards=1), max_length=10)

    with pytest.raises(ValueError, match="never fits"):
        await publisher.publish_many(messages(11))


async def test_a_repeat_after_a_lost_answer_is_no_duplicate_of_itself(client, feedback):
    keys = [feedback.key(0), "feedback:{0}:seen:m1"]
    args = [1, b"token", 60_000, 100, 1, "m1", "feedback.received.v1", "{}", b"body"]

    assert await PUBLISH(client, keys, args) == [1, 1]
    assert await PUBLISH(client, keys, args) == [1, 1]

    assert await client.xlen(feedback.key(0)) == 1


async def test_many_publishers_at_once_keep_every_message_once(client, feedback, messages):
    publishers = [Publisher(client, feedback) for _ in range(8)]
    batch = messages(200)

    results = await asyncio.gather(*(publisher.publish_many(batch) for publisher in publishers))

    accepted = [sum(statuses[index] is ACCEPTED for statuses in results) for index in range(len(batch))]
    assert accepted == [1] * len(batch)
    assert await length(client, feedback) == len(batch)


async def test_scripts_survive_a_server_that_forgot_them(client, publisher, messages):
    await publisher.publish_many(messages(20))
    await client.script_flush()

    assert await publisher.publish_many(messages(20)) == [DUPLICATE] * 20


async def test_out_of_memory_accepts_nothing(redis_url, messages):
    client = connect(redis_url)
    stream = Stream("feedback")
    publisher = Publisher(client, stream)
    await publisher.publish_many(messages(10))
    await client.config_set("maxmemory", 1)
    try:
        with pytest.raises(StreamUnavailable):
            await publisher.publish_many(messages(50, start=10))
    finally:
        await client.config_set("maxmemory", 0)

    assert await length(client, stream) == 10
    assert await publisher.publish_many(messages(50, start=10)) == [ACCEPTED] * 50
    await client.aclose()


async def test_a_server_that_is_away_is_unavailable(valkey_process, messages, counted):
    client = connect(valkey_process.url)
    publisher = Publisher(client, Stream("feedback"))
    valkey_process.kill()

    with pytest.raises(StreamUnavailable) as refusal:
        await publisher.publish_many(messages(5))
    with pytest.raises(StreamUnavailable):
        await publisher.ensure_capacity()

    assert refusal.value.retry_after > 0
    assert counted("refused_messages", stream="feedback", reason="unavailable") == 5
    valkey_process.start()
    assert await publisher.publish_many(messages(5)) == [ACCEPTED] * 5
    await client.aclose()


async def test_a_read_only_replica_is_unavailable(valkey_process, messages):
    client = connect(valkey_process.url)
    await client.execute_command("REPLICAOF", "127.0.0.1", "1")

    with pytest.raises(StreamUnavailable):
        await Publisher(client, Stream("feedback")).publish_many(messages(5))
    await client.aclose()


@pytest.mark.parametrize(("max_length", "dedup_ttl"), [(3, 60), (100, 0)])
async def test_a_publisher_without_room_or_memory_is_refused(client, feedback, max_length, dedup_ttl):
    with pytest.raises(ValueError, match="at least one entry"):
        Publisher(client, feedback, max_length=max_length, dedup_ttl=dedup_ttl)
