"""Sends at a rate that does not depend on the answers, and follows single items until they can be read."""

import asyncio
import contextlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any, Final

import httpx
from pulso_contracts.feedback import BatchResult, FeedbackStatus
from pulso_contracts.trends import IndexStatus

from pulso_cli.load.feed import batches
from pulso_cli.load.outcome import Outcome

CONNECTIONS: Final = 256
"""Requests in flight at a time; more wait here, and their waiting counts."""
FOLLOW_EVERY_SECONDS: Final = 1.0
POLL_SECONDS: Final = 0.1
"""How exactly freshness is known."""


@dataclass(frozen=True)
class Drive:
    """How much, how fast, for how long, and how long to wait for the end."""

    rate: float
    """Items a second; requests come by chance at `rate / batch` a second, as those of many clients do."""
    seconds: float
    batch: int
    patience: float
    """Seconds after the last request in which what was accepted must come into trends."""


async def drive(client: httpx.AsyncClient, plan: Drive, told: Callable[[Outcome], None]) -> Outcome:
    """Drives the deployment behind the client.

    Args:
        client: Of the gateway's `/api/v1`, with a key that may write and read.
        plan: What to send.
        told: Called every second with what is known so far.
    """
    outcome, accepted = Outcome(), asyncio.Queue[tuple[str, float] | None]()
    follower = asyncio.create_task(_follow(client, accepted, outcome))
    teller = asyncio.create_task(_tell(told, outcome))
    started = time.monotonic()
    try:
        await _send(client, plan, outcome, accepted)
        accepted.put_nowait(None)
        outcome.sending_seconds = time.monotonic() - started
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(plan.patience):
                await _drain(client)
                outcome.drain_seconds = time.monotonic() - started - outcome.sending_seconds
                await follower
    finally:
        for task in (follower, teller):
            task.cancel()
        await asyncio.gather(follower, teller, return_exceptions=True)
    return outcome


async def _send(
    client: httpx.AsyncClient,
    plan: Drive,
    outcome: Outcome,
    accepted: asyncio.Queue[tuple[str, float] | None],
) -> None:
    free = asyncio.Semaphore(CONNECTIONS)
    gaps, due, followed = Random(1), time.monotonic(), 0.0
    run = f"load-{secrets.token_hex(6)}"

    async def ask(batch: list[dict[str, Any]], due: float) -> None:
        nonlocal followed
        async with free:
            result = await _post(client, batch, outcome)
        now = time.monotonic()
        if result is not None:
            outcome.latencies.append(now - due)
            known = next((item.id for item in result.items if item.status is FeedbackStatus.ACCEPTED), None)
            if known is not None and now - followed >= FOLLOW_EVERY_SECONDS:
                followed = now
                outcome.followed += 1
                accepted.put_nowait((known, now))

    async with asyncio.TaskGroup() as requests:
        for batch in batches(run, round(plan.rate * plan.seconds), plan.batch):
            due += gaps.expovariate(plan.rate / len(batch))
            await asyncio.sleep(due - time.monotonic())
            outcome.offered += len(batch)
            requests.create_task(ask(batch, due))


async def _post(
    client: httpx.AsyncClient, batch: list[dict[str, Any]], outcome: Outcome
) -> BatchResult | None:
    """The answer, None where there was none or a refusal."""
    try:
        answer = await client.post("/feedback/batch", json=batch)
    except httpx.TransportError as error:
        outcome.not_accepted[type(error).__name__] += len(batch)
        return None
    if answer.status_code != httpx.codes.ACCEPTED:
        outcome.not_accepted[str(answer.status_code)] += len(batch)
        return None
    result = BatchResult.model_validate_json(answer.content)
    outcome.accepted += result.accepted
    if missed := len(batch) - result.accepted:
        outcome.not_accepted["rejected"] += missed
    return result


async def _drain(client: httpx.AsyncClient) -> None:
    """Returns when no accepted item waits for the model or for the index."""
    while True:
        with contextlib.suppress(httpx.HTTPError):
            answer = (await client.get("/trends/status")).raise_for_status()
            status = IndexStatus.model_validate_json(answer.content)
            if (status.unscored, status.waiting) == (0, 0):
                return
        await asyncio.sleep(POLL_SECONDS)


async def _follow(
    client: httpx.AsyncClient, accepted: asyncio.Queue[tuple[str, float] | None], outcome: Outcome
) -> None:
    """Reads one item after the other until it is there: they come into trends in about this order."""
    while (item := await accepted.get()) is not None:
        known, since = item
        await _until_readable(client, known)
        outcome.freshness.append(time.monotonic() - since)


async def _until_readable(client: httpx.AsyncClient, known: str) -> None:
    while True:
        with contextlib.suppress(httpx.TransportError):
            if (await client.get(f"/feedback/{known}")).is_success:
                return
        await asyncio.sleep(POLL_SECONDS)


async def _tell(told: Callable[[Outcome], None], outcome: Outcome) -> None:
    while True:
        told(outcome)
        await asyncio.sleep(1.0)
