"""Asks the gateway whether the whole stack is ready."""

import asyncio
from collections.abc import Callable

import httpx

from pulso_cli.failures import CommandFailed

READY_SECONDS = 120.0
_POLL_SECONDS = 0.1


async def wait_until_ready(url: str, on_waiting: Callable[[list[str]], None]) -> None:
    """Returns when `/readyz` of the gateway is 200; tells meanwhile what is being waited for.

    Raises:
        CommandFailed: Not within two minutes.
    """
    waiting = ["gateway"]
    try:
        async with asyncio.timeout(READY_SECONDS), httpx.AsyncClient(base_url=url, timeout=10) as client:
            while waiting:
                waiting = await _not_ready(client)
                on_waiting(waiting)
                if waiting:
                    await asyncio.sleep(_POLL_SECONDS)
    except TimeoutError:
        raise CommandFailed(
            f"Not ready within {READY_SECONDS:.0f} s: {', '.join(waiting)}; their logs tell why."
        ) from None


async def _not_ready(client: httpx.AsyncClient) -> list[str]:
    try:
        answer = await client.get("/readyz")
    except httpx.HTTPError:
        return ["gateway"]
    if answer.status_code == httpx.codes.OK:
        return []
    checks = answer.json().get("checks", {})
    return [name for name, outcome in checks.items() if outcome != "ok"] or ["gateway"]
