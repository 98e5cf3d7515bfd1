"""URLs, names, cancellation, Sentinel: what stands between a setting and a working stream."""

import asyncio
import contextlib

import pytest
import uvloop
from pulso_streams import Message, Publisher, PublishStatus, Stream, StreamUnavailable, connect, ping
from pulso_streams.backoff import LONGEST_PAUSE, pause_after
from pulso_streams.errors import server_call

from tests.fixtures.valkey_server import running_sentinel


@pytest.mark.parametrize("url", ["http://localhost", "redis+magic://localhost", "localhost:6379", ""])
def test_an_unknown_url_is_refused(url):
    with pytest.raises(ValueError, match="unknown scheme"):
        connect(url)


def test_a_sentinel_url_names_its_primary():
    with pytest.raises(ValueError, match="names its primary"):
        connect("redis+sentinel://localhost:26379")


@pytest.mark.parametrize("name", ["", "two words", "tag{0}", "a:b", "line\nbreak"])
def test_a_stream_has_a_plain_name(name):
    with pytest.raises(ValueError, match="plain word"):
        Stream(name)


@pytest.mark.parametrize("shards", [0, -1, 257])
def test_a_stream_has_a_sane_number_of_shards(shards):
    with pytest.raises(ValueError, match="shards"):
        Stream("feedback", shards)


def test_shards_are_stable_and_even():
    """Another assignment in a later release would let a repeated message slip past de-duplication."""
    stream = Stream("feedback", shards=4)

    assert [stream.shard_of(f"m{number}") for number in range(8)] == [1, 3, 1, 3, 0, 2, 0, 2]
    sizes = [0] * 4
    for number in range(10_000):
        sizes[stream.shard_of(f"google_maps:{number}")] += 1
    assert min(sizes) > 2_000


def test_shards_of_all_streams_lie_side_by_side():
    """The part of a key in braces decides its slot in a cluster."""
    for key in (Stream("feedback").key(3), Stream("scored").dead_key(3), Stream("scored").errors_key(3)):
        assert "{3}" in key
    assert "{3}" in Stream("feedback").seen_key("m1")


def test_pauses_grow_are_bounded_and_differ():
    pauses = [pause_after(failures) for failures in range(1, 40)]

    assert max(pauses) <= LONGEST_PAUSE
    assert min(pauses) > 0
    assert min(pauses[10:]) > max(pauses[:3])
    assert len(set(pauses)) == len(pauses)


async def test_a_cancellation_is_never_swallowed(redis_url):
    """At whatever step of a call it comes: see ``server_call``."""
    client = connect(redis_url)
    await ping(client)
    for steps in range(1, 12):
        calling = asyncio.create_task(ping(client))
        for _ in range(steps):
            await asyncio.sleep(0)
        if calling.done():
            break
        calling.cancel()
        await asyncio.wait([calling])
        assert calling.cancelled(), f"swallowed at step {steps}"
    await client.aclose()


async def test_a_call_inside_the_cleanup_of_a_cancelled_task_works(redis_url):
    client = connect(redis_url)
    cleaned = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.sleep(60)
        finally:
            await ping(client)
            cleaned.set()

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    working.cancel()
    await asyncio.wait([working])

    assert cleaned.is_set()
    assert working.cancelled()
    await client.aclose()


async def test_a_programming_error_stays_what_it_is():
    with pytest.raises(KeyError), server_call():
        raise KeyError


@pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])
def test_a_connection_closed_under_its_writer_is_trouble_of_the_server(run):
    """As when the server is killed just as a loop writes: it ended the whole process once."""

    async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()
        await writer.wait_closed()

    async def write() -> None:
        async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            await reader.read()
            writer.transport.abort()
            await asyncio.sleep(0)
            with server_call():
                writer.writelines([b"PING"])
                await writer.drain()

    with pytest.raises(StreamUnavailable):
        run(write())


async def test_sentinel_leads_to_the_primary(valkey_process, tmp_path, eventually):
    async with running_sentinel(valkey_process, tmp_path) as port:
        client = connect(f"redis+sentinel://127.0.0.1:{port}/primary")
        try:

            async def answers() -> bool:
                with contextlib.suppress(StreamUnavailable):
                    await ping(client)
                    return True
                return False

            await eventually(answers)
            status = await Publisher(client, Stream("feedback")).publish(
                Message("m1", "feedback.received.v1", b"")
            )
            assert status is PublishStatus.ACCEPTED
            assert valkey_process.answer("XLEN feedback:{3}") == b":1\r\n"
        finally:
            await client.aclose()
