"""The figures of a stream: what to scale on and what to alert on."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from pulso_streams import Backlog, Consumer, Publisher, Stream, backlog, connect, ping, watch_backlog
from pulso_streams.errors import StreamUnavailable

GAUGES = (
    "backlog_messages",
    "pending_messages",
    "lag_messages",
    "dead_letters_messages",
    "oldest_message_seconds",
)


def gauges(stream: Stream, group: str) -> dict[str, float | None]:
    labels = {"stream": stream.name, "group": group}
    return {name: REGISTRY.get_sample_value(f"pulso_streams_{name}", labels) for name in GAUGES}


async def test_a_stream_that_nobody_used_has_no_backlog(client, feedback):
    assert await backlog(client, feedback, "sentiment") == Backlog(0, 0, None, 0.0, 0)


async def test_the_backlog_counts_waiting_working_and_dead(
    client, feedback, publisher, consumers, messages, fetch_until
):
    await publisher.publish_many(messages(10))
    consumer = consumers()
    deliveries = await fetch_until(consumer, 10)
    await consumer._reader.finish()
    await publisher.publish_many(messages(20, start=10))

    working = await backlog(client, feedback, "sentiment")
    assert (working.length, working.pending, working.lag, working.dead) == (30, 10, 20, 0)
    assert working.oldest_age_seconds > 0

    await consumer.reject(deliveries[:2], "unparseable")
    await consumer.complete(deliveries[2:])
    after = await backlog(client, feedback, "sentiment")
    assert (after.length, after.pending, after.lag, after.dead) == (20, 0, 20, 2)


async def test_gauges_are_absent_while_nothing_is_known(valkey_process, eventually):
    client, stream = connect(valkey_process.url), Stream("watched")
    watching = asyncio.create_task(watch_backlog(client, stream, "sentiment", interval=0.01))

    async def known():
        return gauges(stream, "sentiment")["backlog_messages"] == 0.0

    async def unknown():
        return set(gauges(stream, "sentiment").values()) == {None}

    await eventually(known)
    assert gauges(stream, "sentiment")["lag_messages"] is None
    valkey_process.kill()
    await eventually(unknown)
    await asyncio.to_thread(valkey_process.start)
    await eventually(known)
    watching.cancel()
    await asyncio.wait([watching])
    await client.aclose()


async def test_a_ping_tells_the_truth(valkey_process):
    client = connect(valkey_process.url)
    await ping(client)
    valkey_process.kill()

    with pytest.raises(StreamUnavailable):
        await ping(client)
    await client.aclose()


async def test_what_alerts_watch_begins_at_zero(client):
    """Prometheus sees no increase in the first value of a series."""
    stream = Stream("unheard")
    Publisher(client, stream)
    Consumer(client, stream, "nobody")
    for reason in ("full", "unavailable"):
        labels = {"stream": "unheard", "reason": reason}
        assert REGISTRY.get_sample_value("pulso_streams_refused_messages_total", labels) == 0
    for counter in ("failed_messages", "dead_messages", "lost_leases", "recreated_groups"):
        labels = {"stream": "unheard", "group": "nobody"}
        assert REGISTRY.get_sample_value(f"pulso_streams_{counter}_total", labels) == 0
