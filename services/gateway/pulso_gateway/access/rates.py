"""How many requests a caller may make: counted in Redis for all gateways together, in memory without it."""

import asyncio
import math
import time
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Final

import structlog
from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from pulso_gateway.access.counter_store import close_store, counter_store
from pulso_gateway.metrics import RATE_FALLBACKS

REDIS_PATIENCE_SECONDS: Final = 0.25
"""A rate that cannot be counted in this time is counted in memory: limits must not slow requests down."""
REDIS_PAUSE_SECONDS: Final = 5.0
"""After a failure Redis is left alone for this long, so that not every request waits for it in vain."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a rate. `reset_seconds` is the time until at least one more request fits."""

    allowed: bool
    limit: int
    remaining: int
    reset_seconds: int

    def headers(self) -> dict[str, str]:
        """The rate as the headers that clients know."""
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset_seconds),
        }


class RateLimits:
    """Sliding windows of one minute."""

    def __init__(self, redis_url: str) -> None:
        """Prepares the counters; nothing connects yet.

        Args:
            redis_url: See `counter_store`.
        """
        self._redis = counter_store(redis_url)
        self._shared = SlidingWindowCounterRateLimiter(self._redis)
        self._alone = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._redis_rests_until = 0.0

    async def take(self, kind: str, subject: str, *, per_minute: int) -> Allowance:
        """Counts one request of `subject` (a key's id or an address) and tells whether it fits."""
        return await self._count(kind, subject, per_minute, cost=1)

    async def left(self, kind: str, subject: str, *, per_minute: int) -> Allowance:
        """Tells what `take` would say, without counting."""
        return await self._count(kind, subject, per_minute, cost=0)

    async def close(self) -> None:
        """Closes the connections to Redis."""
        await close_store(self._redis)

    async def _count(self, kind: str, subject: str, per_minute: int, cost: int) -> Allowance:
        if time.monotonic() >= self._redis_rests_until:
            try:
                return await _within_patience(_count_with(self._shared, kind, subject, per_minute, cost))
            except Exception as error:
                RATE_FALLBACKS.inc()
                log.warning("rates.fallback", exc_info=error)
                self._redis_rests_until = time.monotonic() + REDIS_PAUSE_SECONDS
        return await _count_with(self._alone, kind, subject, per_minute, cost)


async def _within_patience(counting: Coroutine[Any, Any, Allowance]) -> Allowance:
    """Waits for a count no longer than Redis is given.

    In a task of its own, because redis-py on Python 3.11 can swallow a cancellation (python/cpython#86296):
    `asyncio.timeout` around the call would then wait for ever.
    """
    task = asyncio.create_task(counting)
    done, _ = await asyncio.wait({task}, timeout=REDIS_PATIENCE_SECONDS)
    if not done:
        task.cancel()
        task.add_done_callback(lambda late: late.cancelled() or late.exception())
        raise TimeoutError
    return task.result()


async def _count_with(
    limiter: SlidingWindowCounterRateLimiter, kind: str, subject: str, per_minute: int, cost: int
) -> Allowance:
    item = RateLimitItemPerMinute(per_minute)
    allowed = await (limiter.hit(item, kind, subject) if cost else limiter.test(item, kind, subject))
    stats = await limiter.get_window_stats(item, kind, subject)
    reset = max(1, math.ceil(stats.reset_time - time.time()))
    return Allowance(allowed=allowed, limit=per_minute, remaining=stats.remaining, reset_seconds=reset)
