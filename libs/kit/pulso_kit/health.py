"""Health that tells the truth: liveness is the heartbeat of the loops, readiness asks the dependencies."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter
from fastapi.responses import JSONResponse

CHECK_TIMEOUT_SECONDS = 3.0

Check = Callable[[], Awaitable[None]]
"""Returns when all is well, raises `Unhealthy` (or anything) when it is not."""


class Unhealthy(Exception):
    """Why a check fails, in words for an operator."""


class Heartbeat:
    """A loop calls `beat()` on each turn; the check fails after `max_age` seconds without one."""

    def __init__(self, max_age: float) -> None:
        self._max_age = max_age
        self._last = time.monotonic()

    def beat(self) -> None:
        """Tells that the loop still turns."""
        self._last = time.monotonic()

    async def check(self) -> None:
        """Fails when the loop has stopped turning."""
        age = time.monotonic() - self._last
        if age > self._max_age:
            raise Unhealthy(f"no heartbeat for {age:.0f} s")


class Health:
    """The checks of one process. Liveness: restart me when this fails. Readiness: send me no work now."""

    def __init__(self) -> None:
        self._liveness: dict[str, Check] = {}
        self._readiness: dict[str, Check] = {}
        self.draining = asyncio.Event()
        """Set on SIGTERM: readiness fails, and long-lived responses (SSE) end themselves."""
        self.failure: str | None = None
        """The part that died for good, if any: liveness fails and the process ends with an error."""
        self._failure_listeners: list[Callable[[], object]] = []

    def add_liveness(self, name: str, check: Check) -> None:
        """Adds a check whose failure only a restart mends."""
        self._liveness[name] = check

    def add_readiness(self, name: str, check: Check) -> None:
        """Adds a check whose failure means: not now."""
        self._readiness[name] = check

    def on_failure(self, listener: Callable[[], object]) -> None:
        """Calls `listener` when a part dies for good."""
        self._failure_listeners.append(listener)

    def fail(self, part: str) -> None:
        """Tells that `part` died for good: the process can only end and be started anew."""
        self.failure = part
        self.draining.set()
        for listener in self._failure_listeners:
            listener()

    def router(self) -> APIRouter:
        """`/healthz` and `/readyz`: 200 or 503, each with the outcome of every check."""
        router = APIRouter(include_in_schema=False)

        @router.get("/healthz")
        async def healthz() -> JSONResponse:
            return await self._answer({"parts": self._no_failure, **self._liveness})

        @router.get("/readyz")
        async def readyz() -> JSONResponse:
            return await self._answer({"draining": self._not_draining, **self._liveness, **self._readiness})

        return router

    async def _no_failure(self) -> None:
        if self.failure is not None:
            raise Unhealthy(f"{self.failure} died")

    async def _not_draining(self) -> None:
        if self.draining.is_set():
            raise Unhealthy("shutting down")

    async def _answer(self, checks: dict[str, Check]) -> JSONResponse:
        outcomes = await asyncio.gather(*(self._outcome(check) for check in checks.values()))
        body: dict[str, Any] = dict(zip(checks, outcomes, strict=True))
        healthy = all(outcome == "ok" for outcome in outcomes)
        content = {"status": "ok" if healthy else "unhealthy", "checks": body}
        return JSONResponse(
            content, status_code=200 if healthy else 503, headers={"Cache-Control": "no-store"}
        )

    @staticmethod
    async def _outcome(check: Check) -> str:
        try:
            async with asyncio.timeout(CHECK_TIMEOUT_SECONDS):
                await check()
        except Unhealthy as reason:
            return str(reason)
        except TimeoutError:
            return f"no answer within {CHECK_TIMEOUT_SECONDS:.0f} s"
        except Exception as error:  # noqa: BLE001 - any failure of a check is the outcome of the check
            return type(error).__name__
        return "ok"
