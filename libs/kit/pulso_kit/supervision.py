"""Background loops that nobody awaits: their death must be seen, never silent."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog

from pulso_kit.health import Health

log = structlog.get_logger(__name__)


@asynccontextmanager
async def supervised(
    health: Health, loops: Mapping[str, Callable[[], Awaitable[None]]], *, grace_seconds: float
) -> AsyncIterator[None]:
    """Runs the loops beside the body. A loop that ends or raises while the body runs fails the process.

    At the end each loop gets `health.draining` as the signal to finish what it holds; after `grace_seconds`
    it is cancelled.
    """

    async def watch(name: str, loop: Callable[[], Awaitable[None]]) -> None:
        try:
            await loop()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("loop.died", loop=name)
            health.fail(name)
        else:
            if not health.draining.is_set():
                log.error("loop.ended", loop=name)
                health.fail(name)

    tasks = [asyncio.create_task(watch(name, loop), name=name) for name, loop in loops.items()]
    try:
        yield
    finally:
        health.draining.set()
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=grace_seconds)
            for task in late:
                log.warning("loop.cancelled", loop=task.get_name())
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)
