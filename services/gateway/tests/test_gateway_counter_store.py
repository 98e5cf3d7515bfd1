"""Rates are counted wherever the one Redis URL of all services leads."""

import asyncio

import pytest
from prometheus_client import REGISTRY
from pulso_gateway.access.counter_store import counter_store
from pulso_gateway.access.rates import RateLimits
from redis import Redis
from redis.asyncio.connection import SSLConnection

from tests.fixtures.valkey_server import running_sentinel


def fallbacks():
    return REGISTRY.get_sample_value("pulso_gateway_rate_fallbacks_total") or 0


async def counted_in_redis(rates):
    """Returns when a request was counted without falling back to memory: sentinels need a moment."""
    for _ in range(400):
        before = fallbacks()
        rates._redis_rests_until = 0.0
        await rates.take("key", "someone", per_minute=100_000)
        if fallbacks() == before:
            return
        await asyncio.sleep(0.05)
    raise AssertionError("rates are counted in memory only")


async def test_a_primary_with_a_password_is_found_by_sentinels_without_one(valkey_process, tmp_path):
    assert valkey_process.answer("CONFIG SET requirepass secret") == b"+OK\r\n"
    async with running_sentinel(valkey_process, tmp_path, password="secret") as port:
        rates = RateLimits(f"redis+sentinel://:secret@127.0.0.1:{port}/primary/2")
        try:
            await counted_in_redis(rates)
            with Redis(port=valkey_process.port, password="secret", db=2, protocol=2) as database:
                assert [key.startswith(b"pulso-rates") for key in database.scan_iter()] == [True]
        finally:
            await rates.close()


async def test_a_cluster_counts(cluster_url):
    rates = RateLimits(cluster_url)
    try:
        await counted_in_redis(rates)
    finally:
        await rates.close()


@pytest.mark.parametrize(
    ("url", "secure"),
    [
        ("redis+sentinel://:p@a:26379,b:26379/primary", False),
        ("rediss+sentinel://:p@a:26379,b:26379/primary/1", True),
        ("redis://:p@a:6379/0", False),
        ("rediss://:p@a:6380/0", True),
    ],
)
def test_tls_is_used_where_the_url_asks_for_it(url, secure):
    pool = counter_store(url).bridge.get_connection().connection_pool
    assert issubclass(pool.connection_class, SSLConnection) is secure


@pytest.mark.parametrize(("scheme", "secure"), [("redis+cluster", False), ("rediss+cluster", True)])
def test_tls_is_used_towards_a_cluster(scheme, secure):
    client = counter_store(f"{scheme}://:p@a:6379").bridge.get_connection()
    assert issubclass(client.connection_kwargs["connection_class"], SSLConnection) is secure
