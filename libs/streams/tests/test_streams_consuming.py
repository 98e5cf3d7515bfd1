"""Consuming: every message once when all goes well, again when it does not, and never lost."""

import asyncio

import pytest
from pulso_streams import Consumer, Message, Publisher, Stream, StreamFull, backlog
from redis.exceptions import ResponseError


async def keys_left(client, stream):
    """Entries and helper keys of a stream, beside the marks of what was published."""
    facts = await backlog(client, stream, "sentiment")
    errors = [await client.hlen(stream.errors_key(shard)) for shard in range(stream.shards)]
    return facts.length, facts.pending, sum(errors)


async def test_a_group_divides_the_messages_and_leaves_nothing(
    client, feedback, publisher, consumers, messages, counted
):
    await publisher.publish_many(messages(300))
    seen: list[str] = []

    async def work(consumer):
        while len(seen) < 300:
            deliveries = await consumer.fetch()
            seen.extend(delivery.message.id for delivery in deliveries)
            assert await consumer.complete(deliveries) == len(deliveries)

    await asyncio.wait_for(asyncio.gather(*(work(consumers(batch_size=20)) for _ in range(3))), 20)

    assert sorted(seen) == sorted(message.id for message in messages(300))
    assert await keys_left(client, feedback) == (0, 0, 0)
    assert counted("fetched_messages", stream="feedback", group="sentiment") == 300
    assert counted("completed_messages", stream="feedback", group="sentiment") == 300


async def test_two_groups_are_not_in_each_others_way_but_for_deletion(
    publisher, consumers, messages, fetch_until
):
    """One group per stream is the rule; a second one sees what the first has not completed."""
    await publisher.publish_many(messages(10))

    assert len(await fetch_until(consumers(group="sentiment"), 10)) == 10
    assert len(await fetch_until(consumers(group="audit"), 10)) == 10


async def test_a_fetch_brings_at_most_a_batch(publisher, consumers, messages):
    await publisher.publish_many(messages(100))
    consumer = consumers(batch_size=20)

    sizes = [len(await consumer.fetch()) for _ in range(3)]

    assert all(size <= 20 for size in sizes)


async def test_hand_over_moves_each_message_once(
    client, feedback, scored, publisher, consumers, messages, fetch_until
):
    await publisher.publish_many(messages(50))
    deliveries = await fetch_until(consumers(), 50)
    consumer, to = consumers(), Publisher(client, scored)
    pairs = [(each, Message(each.message.id, "feedback.scored.v1", each.message.body)) for each in deliveries]

    assert await consumer.hand_over(pairs, to) == 50
    assert await consumer.hand_over(pairs, to) == 0

    assert await keys_left(client, feedback) == (0, 0, 0)
    moved = await fetch_until(consumers(scored, "trends"), 50)
    assert sorted(each.message.id for each in moved) == sorted(message.id for message in messages(50))
    assert {each.message.type for each in moved} == {"feedback.scored.v1"}
    assert {each.shard for each in moved} <= set(range(scored.shards))


async def test_a_slow_consumer_publishes_nothing_twice(
    client, scored, publisher, consumers, messages, fetch_until, kill, counted
):
    """Its entries were claimed and done by another while it was cut off."""
    await publisher.publish_many(messages(8))
    slow = consumers()
    first = await fetch_until(slow, 8)
    kill(slow)
    quick = consumers()
    second = await fetch_until(quick, 8)
    to = Publisher(client, scored)

    assert {each.attempt for each in second} == {2}
    assert await quick.hand_over([(each, each.message) for each in second], to) == 8
    assert await slow.hand_over([(each, each.message) for each in first], to) == 0

    assert (await backlog(client, scored, "trends")).length == 8
    assert counted("claimed_messages", stream="feedback", group="sentiment") == 8


async def test_hand_over_waits_for_room_and_drops_nothing(
    client, publisher, consumers, messages, fetch_until
):
    narrow = Stream("narrow")
    to = Publisher(client, narrow, max_length=4)
    await publisher.publish_many(messages(40))
    consumer, downstream = consumers(batch_size=4), consumers(narrow, "trends")

    async def push():
        for _ in range(100):
            deliveries = await consumer.fetch()
            await consumer.hand_over([(each, each.message) for each in deliveries], to)

    pushing = asyncio.create_task(push())
    arrived: list[str] = []
    while len(arrived) < 40:
        deliveries = await fetch_until(downstream, 1)
        arrived += [each.message.id for each in deliveries]
        await downstream.complete(deliveries)
    pushing.cancel()

    assert sorted(arrived) == sorted(message.id for message in messages(40))


async def test_a_stopped_consumer_does_not_wait_for_room(client, publisher, consumers, messages, fetch_until):
    narrow = Stream("narrow")
    to = Publisher(client, narrow, max_length=4)
    for shard in range(narrow.shards):
        await client.xadd(narrow.key(shard), {"id": "x", "type": "x", "headers": "{}", "body": ""})
    await publisher.publish_many(messages(4))
    consumer = consumers()
    deliveries = await fetch_until(consumer, 4)
    consumer.stop()

    with pytest.raises(StreamFull):
        await consumer.hand_over([(each, each.message) for each in deliveries], to)

    await consumer.close()
    assert {each.attempt for each in await fetch_until(consumers(), 4)} == {1}


async def test_streams_that_hand_over_have_equally_many_shards(client, consumers):
    with pytest.raises(ValueError, match="equally many shards"):
        await consumers().hand_over([], Publisher(client, Stream("scored", shards=8)))


async def test_work_may_take_longer_than_the_idle_time(publisher, consumers, messages, fetch_until):
    await publisher.publish_many(messages(4))
    worker, other = consumers(), consumers()
    deliveries = await fetch_until(worker, 4)

    for _ in range(30):  # each fetch blocks for 0.05 s: five idle times in all
        assert await other.fetch() == []

    assert await worker.complete(deliveries) == 4


async def test_a_lost_lease_is_noticed(
    publisher, consumers, messages, fetch_until, eventually, kill, counted
):
    await publisher.publish_many(messages(4))
    stalled, other = consumers(), consumers()
    await fetch_until(stalled, 4)
    kill(stalled)
    await fetch_until(other, 4)

    stalled._keeper = asyncio.create_task(stalled._leases.keep())

    async def noticed():
        return stalled.in_flight == 0

    await eventually(noticed)
    assert counted("lost_leases", stream="feedback", group="sentiment") == 4
    assert other.in_flight == 4


async def test_a_fetch_fails_when_leases_are_renewed_no_more(
    client, publisher, consumers, messages, eventually
):
    """Silence would let others take what this consumer still works on, again and again."""
    await publisher.publish_many(messages(1))
    consumer = consumers(claim_idle=0.2)
    [delivery] = await consumer.fetch() or await consumer.fetch()
    await client.delete(consumer.stream.key(delivery.shard))
    await client.set(consumer.stream.key(delivery.shard), "not a stream")

    async def failed():
        return consumer._keeper.done()

    await eventually(failed)
    with pytest.raises(ResponseError, match="WRONGTYPE"):
        await consumer.fetch()
    await client.delete(consumer.stream.key(delivery.shard))


async def test_a_cancelled_fetch_loses_nothing(publisher, consumers, messages, fetch_until):
    consumer = consumers(block=1.0, claim_idle=60.0)
    await consumer.fetch()
    fetching = asyncio.create_task(consumer.fetch())
    await asyncio.sleep(0)
    fetching.cancel()
    await publisher.publish_many(messages(6))

    deliveries = await fetch_until(consumer, 6)

    assert {each.attempt for each in deliveries} == {1}


async def test_a_clean_end_releases_its_batch_at_once_and_leaves_the_group(
    client, feedback, publisher, consumers, messages, fetch_until
):
    await publisher.publish_many(messages(12))
    leaving = consumers(claim_idle=60.0)
    await fetch_until(leaving, 12)
    await leaving.close()

    deliveries = await fetch_until(consumers(claim_idle=60.0, name="staying"), 12)

    assert {each.attempt for each in deliveries} == {1}, "a released delivery does not count"
    for shard in range(feedback.shards):
        names = {info["name"] for info in await client.xinfo_consumers(feedback.key(shard), "sentiment")}
        assert leaving.name.encode() not in names


async def test_batches_end_when_stopped(publisher, consumers, messages):
    await publisher.publish_many(messages(5))
    consumer = consumers()
    seen = 0

    async for deliveries in consumer.batches():
        seen += await consumer.complete(deliveries)
        if seen == 5:
            consumer.stop()

    assert seen == 5


async def test_names_of_dead_consumers_do_not_pile_up(client, feedback, consumers, monkeypatch):
    monkeypatch.setattr("pulso_streams.consumer.FORGET_AFTER", 0.0)
    for number in range(5):
        for shard in range(feedback.shards):
            await client.xgroup_create(
                feedback.key(shard), "sentiment", "0", mkstream=True
            ) if not number else None
            await client.xgroup_createconsumer(feedback.key(shard), "sentiment", f"dead-{number}")

    await consumers(name="alive").fetch()

    for shard in range(feedback.shards):
        names = {info["name"] for info in await client.xinfo_consumers(feedback.key(shard), "sentiment")}
        assert names <= {b"alive"}


async def test_forgetting_a_dead_consumer_never_forgets_its_entries(
    publisher, consumers, messages, fetch_until, kill, monkeypatch
):
    monkeypatch.setattr("pulso_streams.consumer.FORGET_AFTER", 0.0)
    await publisher.publish_many(messages(6))
    dead = consumers()
    await fetch_until(dead, 6)
    kill(dead)

    assert len(await fetch_until(consumers(), 6)) == 6


@pytest.mark.parametrize(
    "options",
    [
        {"block": 0},
        {"block": 60},
        {"batch_size": 0},
        {"max_deliveries": 0},
        {"claim_idle": 0},
        {"retry_delay": -1},
    ],
)
async def test_wrong_settings_are_refused(client, feedback, options):
    with pytest.raises(ValueError, match=r"positive|blocking read"):
        Consumer(client, feedback, "sentiment", **options)
