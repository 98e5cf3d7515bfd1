"""Rates: shared by all gateways through Redis, kept in memory without it."""

import asyncio
import time
from typing import Final

import pytest
from prometheus_client import REGISTRY

MINUTE: Final = 60
ONE_TEST_SECONDS: Final = 6
"""Longer than any test here takes on a busy machine."""


@pytest.fixture(autouse=True)
async def within_one_minute():
    """Keeps a test from running over the turn of a minute, where the counters of `limits` let one more in.

    They weigh the last minute's count by the part of it that is still in the window, rounded down.
    """
    left = MINUTE - time.time() % MINUTE
    if left < ONE_TEST_SECONDS:
        await asyncio.sleep(left)


def fallbacks():
    return REGISTRY.get_sample_value("pulso_gateway_rate_fallbacks_total") or 0


async def statuses(gateway, times, path="/api/v1/feedback", **options):
    return [(await gateway.get(path, **options)).status_code for _ in range(times)]


async def test_a_key_over_its_rate_is_told_when_to_come_back(start_gateway):
    gateway = await start_gateway(rate_admin=3)
    answers = [await gateway.get("/api/v1/feedback") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert [answer.headers["ratelimit-remaining"] for answer in answers[:3]] == ["2", "1", "0"]
    assert answers[0].headers["ratelimit-limit"] == "3"
    assert answers[3].headers["content-type"] == "application/problem+json"
    assert 1 <= int(answers[3].headers["retry-after"]) <= 60


async def test_two_gateways_count_together(start_gateway):
    one, other = await start_gateway(rate_admin=4), await start_gateway(rate_admin=4)
    assert await statuses(one, 2) + await statuses(other, 3) == [202] * 4 + [429]


async def test_keys_are_counted_apart(start_gateway):
    gateway = await start_gateway(rate_reader=1)
    keys = [
        (await gateway.post("/api/v1/keys", json={"role": "reader", "name": "x"})).json()["key"] for _ in "ab"
    ]
    assert [await statuses(gateway, 2, headers={"X-API-Key": key}) for key in keys] == [[202, 429]] * 2


async def test_guessing_keys_is_slowed_down_but_known_keys_go_on(start_gateway):
    gateway = await start_gateway(rate_refused=3)
    guess = {"X-API-Key": "pulso_abcdefgh_0123456789abcdefghijklmnopqrstuvwxyzABCD"}
    assert await statuses(gateway, 5, headers=guess) == [401] * 3 + [429] * 2
    assert await statuses(gateway, 1) == [202]


async def test_pages_are_limited_by_address_and_probes_are_not(start_gateway):
    gateway = await start_gateway(rate_anonymous=2)
    del gateway.headers["X-API-Key"]
    assert await statuses(gateway, 3, path="/") == [200, 200, 429]
    assert await statuses(gateway, 5, path="/healthz") == [200] * 5
    assert await statuses(gateway, 5, path="/readyz") == [200] * 5


@pytest.mark.slow
async def test_rates_are_counted_on_a_cluster(start_gateway, cluster_url):
    gateway = await start_gateway(redis_url=cluster_url, rate_admin=2)
    before = fallbacks()
    assert await statuses(gateway, 3) == [202, 202, 429]
    assert fallbacks() == before


async def test_without_redis_rates_are_counted_in_memory(start_gateway, valkey_process):
    gateway = await start_gateway(redis_url=valkey_process.url, rate_admin=3)
    assert await statuses(gateway, 1) == [202]
    valkey_process.kill()
    before = fallbacks()
    assert await statuses(gateway, 4) == [202, 202, 202, 429]
    assert fallbacks() == before + 1


async def test_a_hung_redis_costs_one_short_wait(start_gateway):
    async def never_answer(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(never_answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        gateway = await start_gateway(redis_url=f"redis://127.0.0.1:{port}/0", rate_admin=2)
        before = fallbacks()
        assert await statuses(gateway, 3) == [202, 202, 429]
        assert fallbacks() == before + 1
