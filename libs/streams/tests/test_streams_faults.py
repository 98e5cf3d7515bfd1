"""Faults of the server: killed, emptied, full, cut off."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Iterator

import pytest
from pulso_streams import (
    Consumer,
    Message,
    Publisher,
    PublishStatus,
    Stream,
    StreamUnavailable,
    backlog,
    connect,
)

from tests.fixtures.valkey_server import ValkeyProcess

FEEDBACK, SCORED = Stream("feedback"), Stream("scored")


@pytest.fixture
async def client(valkey_process):
    client = connect(valkey_process.url)
    yield client
    await client.aclose()


def batch(number: int, size: int = 20) -> list[Message]:
    return [Message(f"{number}-{index}", "feedback.received.v1", b"x" * 100) for index in range(size)]


async def all_ids(client, stream) -> list[str]:
    entries = [await client.xrange(stream.key(shard)) for shard in range(stream.shards)]
    return [fields[b"id"].decode() for shard in entries for _, fields in shard]


async def test_killing_the_server_loses_nothing_that_was_accepted(client, valkey_process, eventually):
    """Publishers run into SIGKILL again and again, and repeat what was refused."""
    publisher = Publisher(client, FEEDBACK)
    accepted: set[str] = set()
    chance = random.Random(7)

    async def publish(number: int) -> None:
        while True:
            try:
                await publisher.publish_many(batch(number))
            except StreamUnavailable:
                await asyncio.sleep(0.01)
            else:
                accepted.update(message.id for message in batch(number))
                return

    async def publish_all(numbers: Iterator[int]) -> None:
        for number in numbers:
            await publish(number)

    numbers = iter(range(600))
    publishing = [asyncio.create_task(publish_all(numbers)) for _ in range(8)]
    for milestone in (1_000, 4_000, 7_000, 10_000):

        async def reached(milestone=milestone) -> bool:
            await asyncio.sleep(chance.uniform(0, 0.02))
            return len(accepted) >= milestone

        await eventually(reached)
        await asyncio.to_thread(valkey_process.restart)
    await asyncio.gather(*publishing)

    assert len(accepted) == 600 * 20
    assert sorted(await all_ids(client, FEEDBACK)) == sorted(accepted)


async def test_work_goes_on_over_restarts_and_moves_each_message_once(client, valkey_process, eventually):
    """The server is killed while consumers hand over; whatever had no answer is repeated."""
    published = [message for number in range(100) for message in batch(number)]
    await Publisher(client, FEEDBACK).publish_many(published)
    scored = Publisher(client, SCORED)

    async def move(consumer: Consumer) -> None:
        async for deliveries in consumer.batches():
            with contextlib.suppress(StreamUnavailable):
                await consumer.hand_over([(each, each.message) for each in deliveries], scored)

    movers = [
        Consumer(client, FEEDBACK, "sentiment", batch_size=16, block=0.1, claim_idle=0.5, max_deliveries=10)
        for _ in range(2)
    ]
    tasks = [asyncio.create_task(move(mover)) for mover in movers]
    for milestone in (200, 700, 1200):

        async def reached(milestone=milestone) -> bool:
            return (await backlog(client, SCORED, "trends")).length >= milestone

        await eventually(reached)
        await asyncio.to_thread(valkey_process.restart)

    async def drained() -> bool:
        return (await backlog(client, FEEDBACK, "sentiment")).length == 0

    await eventually(drained)
    for mover in movers:
        await mover.close()
    await asyncio.gather(*tasks)

    assert sorted(await all_ids(client, SCORED)) == sorted(message.id for message in published)


async def test_a_server_that_restarts_empty_gets_its_groups_again(
    client, valkey_process, counted, fetch_until
):
    publisher = Publisher(client, FEEDBACK)
    consumer = Consumer(client, FEEDBACK, "sentiment", block=0.1, claim_idle=0.4)
    await publisher.publish_many(batch(1))
    await consumer.complete(await fetch_until(consumer, 20))
    await publisher.publish_many(batch(2))
    in_flight = await fetch_until(consumer, 20)

    await asyncio.to_thread(valkey_process.restart, empty=True)

    assert await publisher.publish_many(batch(3)) == [PublishStatus.ACCEPTED] * 20
    assert await consumer.complete(in_flight) == 0, "what the server lost cannot be completed"
    arrived = [each.message.id for each in await fetch_until(consumer, 20)]
    assert sorted(arrived) == sorted(message.id for message in batch(3))
    assert counted("recreated_groups", stream="feedback", group="sentiment") == FEEDBACK.shards
    await consumer.close()


async def test_a_group_that_keeps_vanishing_is_no_busy_loop(client, monkeypatch, eventually):
    pauses: list[int] = []

    def pause_after(failures: int) -> float:
        pauses.append(failures)
        return 0.0

    monkeypatch.setattr("pulso_streams.consumer.pause_after", pause_after)
    consumer = Consumer(client, FEEDBACK, "sentiment", block=0.1)

    async def lost_three_times_more() -> bool:
        await client.flushall()
        assert await consumer.fetch() == []
        return len(pauses) >= 3

    await consumer.fetch()
    await eventually(lost_three_times_more)
    assert pauses == [1, 2, 3], "the first loss is repaired at once, the next ones wait longer and longer"

    await consumer.fetch()
    await client.flushall()
    await consumer.fetch()
    assert pauses == [1, 2, 3], "a fetch that works again ends the series"
    await consumer.close()


@pytest.mark.parametrize("fsync", ["always", "everysec"])
async def test_a_full_disk_accepts_nothing_by_halves(tmp_path, fsync):
    """With ``always`` Valkey ends rather than promise what it cannot keep; else it refuses writes."""
    server = ValkeyProcess(tmp_path / "full", fsync=fsync)
    server.start()
    client = connect(server.url)
    publisher = Publisher(client, FEEDBACK)
    accepted: list[int] = []
    server.fill_disk()
    refused = None
    for number in range(2000):
        try:
            await publisher.publish_many(batch(number, 50))
            accepted.append(number)
        except StreamUnavailable:
            refused = number
            break
    assert refused is not None
    with pytest.raises(StreamUnavailable):
        await publisher.publish_many(batch(refused, 50))

    if server.running():
        server.free_disk()
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(StreamUnavailable):
                    await publisher.publish_many(batch(refused, 50))
                    break
                await asyncio.sleep(0.05)
    else:
        server.start()
        await publisher.publish_many(batch(refused, 50))

    expected = [message.id for number in (*accepted, refused) for message in batch(number, 50)]
    assert sorted(await all_ids(client, FEEDBACK)) == sorted(expected)
    await client.aclose()
    server.kill()


async def test_a_consumer_waits_out_an_outage_with_its_work_in_hand(client, valkey_process, fetch_until):
    await Publisher(client, FEEDBACK).publish_many(batch(1))
    consumer = Consumer(client, FEEDBACK, "sentiment", block=0.1, claim_idle=20.0)
    deliveries = await fetch_until(consumer, 20)
    valkey_process.kill()

    completing = asyncio.create_task(consumer.complete(deliveries))
    with pytest.raises(StreamUnavailable):
        await consumer.fetch()
    await asyncio.to_thread(valkey_process.start)

    assert await completing == 20
    await consumer.close()


async def test_work_is_given_up_when_the_outage_outlasts_the_lease(client, valkey_process, fetch_until):
    await Publisher(client, FEEDBACK).publish_many(batch(1))
    consumer = Consumer(client, FEEDBACK, "sentiment", block=0.1, claim_idle=0.3)
    deliveries = await fetch_until(consumer, 20)
    valkey_process.kill()

    with pytest.raises(StreamUnavailable):
        await consumer.complete(deliveries)
    assert consumer.in_flight == 0

    await asyncio.to_thread(valkey_process.start)
    again = await fetch_until(consumer, 20)
    assert {each.attempt for each in again} == {2}
    await consumer.close()


async def test_closing_without_a_server_ends(client, valkey_process, fetch_until):
    await Publisher(client, FEEDBACK).publish_many(batch(1))
    consumer = Consumer(client, FEEDBACK, "sentiment", block=0.1, claim_idle=0.3)
    await fetch_until(consumer, 20)
    valkey_process.kill()

    await asyncio.wait_for(consumer.close(), 10)

    await asyncio.to_thread(valkey_process.start)
    async with Consumer(client, FEEDBACK, "sentiment", block=0.1, claim_idle=0.3) as other:
        assert len(await fetch_until(other, 20)) == 20


async def test_a_server_that_hangs_is_unavailable_and_keeps_a_repeat_once(valkey_process, monkeypatch):
    """SIGSTOP is a partition without a refusal: calls get no answer, and may take effect later."""
    monkeypatch.setattr("pulso_streams.connection.SOCKET_TIMEOUT", 0.3)
    client = connect(valkey_process.url)
    publisher = Publisher(client, FEEDBACK)
    await publisher.publish_many(batch(1))
    os.kill(valkey_process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(StreamUnavailable):
            await publisher.publish_many(batch(2))
    finally:
        os.kill(valkey_process.pid, signal.SIGCONT)

    await publisher.publish_many(batch(2))

    expected = [message.id for number in (1, 2) for message in batch(number)]
    assert sorted(await all_ids(client, FEEDBACK)) == sorted(expected)
    await client.aclose()


async def test_draining_goes_on_when_the_memory_is_full(client, fetch_until):
    """Publishing is refused, but what is queued can move on: nothing else would ever free the memory."""
    await Publisher(client, FEEDBACK).publish_many(batch(1))
    await client.config_set("maxmemory", 1)
    consumer = Consumer(client, FEEDBACK, "sentiment", block=0.1)
    deliveries = await fetch_until(consumer, 20)

    moved = await consumer.hand_over([(each, each.message) for each in deliveries], Publisher(client, SCORED))

    assert moved == 20
    await consumer.close()


@pytest.mark.slow
async def test_a_cluster_goes_on_after_one_of_its_nodes_was_killed(valkey_cluster, cluster_url):
    client = connect(cluster_url)
    publisher = Publisher(client, FEEDBACK)
    consumer = Consumer(client, FEEDBACK, "sentiment", block=0.1, claim_idle=0.5)
    await publisher.publish_many(batch(1))

    await asyncio.to_thread(valkey_cluster[1].restart)

    async with asyncio.timeout(30):
        while True:
            with contextlib.suppress(StreamUnavailable):
                await publisher.publish_many(batch(2))
                break
            await asyncio.sleep(0.05)
    arrived: list[str] = []
    async with asyncio.timeout(30):
        async for deliveries in consumer.batches():
            await consumer.complete(deliveries)
            arrived += [each.message.id for each in deliveries]
            if len(arrived) >= 40:
                break
    assert sorted(arrived) == sorted(message.id for number in (1, 2) for message in batch(number))
    await consumer.close()
    await client.aclose()
