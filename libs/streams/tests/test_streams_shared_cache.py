"""Small values shared through one server or a cluster: found, forgotten, and never waited for."""

import asyncio
import contextlib
import os
import random
import signal

import pytest
from pulso_streams import SharedCache, StreamUnavailable, connect

from tests.fixtures.valkey_server import free_port

MANY = {number.to_bytes(16, "big"): f"valor {number}".encode() for number in range(300)}
"""Enough for every node of a cluster to have some."""


@pytest.fixture
def cache(client):
    return SharedCache(client, "answers", keep_seconds=60, patience=20)


async def test_values_are_found_by_whoever_shares_the_server_in_order(client, cache):
    await cache.keep(MANY)
    other = SharedCache(client, "answers", keep_seconds=60, patience=20)
    keys = [b"\xff" * 16, *reversed(MANY), b"\x00" * 16]

    assert await other.find(keys) == [None, *reversed(MANY.values()), MANY[b"\x00" * 16]]
    assert await other.find([]) == []
    await other.keep({})


async def test_a_prefix_keeps_to_itself_and_a_later_value_replaces(client, cache):
    await cache.keep({b"k": b"1", b"l": b"1"})
    await cache.keep({b"k": b"2"})

    assert await cache.find([b"k", b"l"]) == [b"2", b"1"]
    assert await SharedCache(client, "other", keep_seconds=60, patience=20).find([b"k"]) == [None]


async def test_values_are_forgotten_after_their_time(client, cache):
    await cache.keep(MANY)

    keys = [key async for key in client.scan_iter("answers:*")]
    assert len(keys) == len(MANY)
    for key in keys[:20]:
        assert 0 < await client.ttl(key) <= 60


async def test_impatience_and_cancellation_never_hand_out_another_calls_answers(client, cache):
    """Calls are left at any moment, and the connections that they used go on serving."""
    await cache.keep(MANY)
    impatient = [
        SharedCache(client, "answers", keep_seconds=60, patience=patience)
        for patience in (0.0001, 0.0005, 0.001, 0.002, 0.005, 20)
    ]
    chance = random.Random(7)
    answered = 0

    async def look() -> None:
        nonlocal answered
        keys = chance.sample(sorted(MANY), 5)
        with contextlib.suppress(StreamUnavailable):
            assert await chance.choice(impatient).find(keys) == [MANY[key] for key in keys]
            answered += 1

    for _ in range(40):
        looking = [asyncio.create_task(look()) for _ in range(10)]
        await asyncio.sleep(chance.uniform(0, 0.003))
        looking[0].cancel()
        ends = await asyncio.gather(*looking, return_exceptions=True)
        assert [end for end in ends[1:] if end is not None] == []

    assert answered > 40, "some wait long enough"


@pytest.mark.parametrize("topology", ["", "+cluster"])
async def test_without_a_server_it_is_unavailable(topology):
    client = connect(f"redis{topology}://127.0.0.1:{free_port()}")
    cache = SharedCache(client, "answers", keep_seconds=60, patience=20)

    with pytest.raises(StreamUnavailable):
        await cache.find([b"k"])
    with pytest.raises(StreamUnavailable):
        await cache.keep({b"k": b"1"})
    await client.aclose()


async def test_a_server_that_hangs_is_given_up_and_used_as_soon_as_it_answers(valkey_process, eventually):
    """A late call goes on without its caller: else a server slow to connect to would never be reached."""
    client = connect(valkey_process.url)
    cache = SharedCache(client, "answers", keep_seconds=60)
    os.kill(valkey_process.pid, signal.SIGSTOP)
    try:
        with pytest.raises(StreamUnavailable, match="too slow"):
            await cache.find([b"k"])
        with pytest.raises(StreamUnavailable, match="too slow"):
            await cache.keep({b"k": b"1"})
    finally:
        os.kill(valkey_process.pid, signal.SIGCONT)
    patient = SharedCache(client, "answers", keep_seconds=60, patience=20)

    async def kept() -> bool:
        return await patient.find([b"j", b"k"]) == [None, b"1"]

    await eventually(kept)
    await client.aclose()


async def test_a_server_that_dies_and_comes_back(valkey_process):
    client = connect(valkey_process.url)
    cache = SharedCache(client, "answers", keep_seconds=60, patience=20)
    await cache.keep({b"k": b"1"})
    valkey_process.kill()
    with pytest.raises(StreamUnavailable):
        await cache.find([b"k"])

    await asyncio.to_thread(valkey_process.start)

    assert await cache.find([b"k"]) == [b"1"]
    await client.aclose()


async def test_a_server_that_refuses_is_unavailable(valkey_process):
    client = connect(valkey_process.url)
    cache = SharedCache(client, "answers", keep_seconds=60, patience=20)
    await cache.keep({b"k": b"1"})

    await client.config_set("maxmemory", 1)
    with pytest.raises(StreamUnavailable):
        await cache.keep({b"l": b"1"})
    assert await cache.find([b"k"]) == [b"1"], "reading goes on when the memory is full"

    assert valkey_process.answer("ACL SETUSER default -get") == b"+OK\r\n"
    with pytest.raises(StreamUnavailable, match="NoPermission"):
        await cache.find([b"k"])
    await client.aclose()


@pytest.mark.parametrize("options", [{"keep_seconds": 0}, {"keep_seconds": 60, "patience": 0}])
def test_values_are_kept_and_waited_for_some_time(options):
    with pytest.raises(ValueError, match="kept for"):
        SharedCache(connect("redis://127.0.0.1:1"), "answers", **options)
