"""Runs a service: logging, event loop, signals."""

import asyncio
import gc
import signal
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import FrameType
from typing import TypeVar

import uvicorn
from fastapi import FastAPI
from pydantic import ValidationError

from pulso_kit.errors import field_errors
from pulso_kit.health import Health
from pulso_kit.logging import configure_logging
from pulso_kit.settings import ProcessSettings, ServiceSettings

LINGER_SECONDS = 1.0
"""How long clients that keep their connections may go on after SIGTERM: the answer to the next request tells
them to leave. A connection that is closed at once can swallow a request that is on its way."""


class _Server(uvicorn.Server):
    """Tells `Health` of a shutdown at once: uvicorn itself first waits for open responses, SSE among them.

    A start is given up on SIGTERM: it may wait minutes for another process to migrate the database.
    """

    def __init__(self, config: uvicorn.Config, health: Health) -> None:
        super().__init__(config)
        self._health = health
        self._loop: asyncio.AbstractEventLoop | None = None
        self._starting: asyncio.Task[object] | None = None

    async def startup(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        self._loop = asyncio.get_running_loop()
        self._starting = asyncio.current_task()
        await super().startup(sockets)  # type: ignore[arg-type]
        self._starting = None

    async def shutdown(self, sockets: list[object] | None = None) -> None:  # type: ignore[override]
        state = self.server_state
        state.default_headers = [*state.default_headers, (b"connection", b"close")]
        end = time.monotonic() + LINGER_SECONDS
        while state.connections and time.monotonic() < end and not self.force_exit:  # noqa: ASYNC110 - uvicorn's set
            await asyncio.sleep(0.02)
        await super().shutdown(sockets)  # type: ignore[arg-type]

    def handle_exit(self, sig: int, _frame: FrameType | None) -> None:
        # uvicorn's own version raises the signal again at the end, so that a clean stop looks like a kill.
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        self._health.draining.set()
        if self._starting is not None:
            self._starting.cancel()


AnySettings = TypeVar("AnySettings", bound=ProcessSettings)
Settings = TypeVar("Settings", bound=ServiceSettings)


def load_settings(cls: type[AnySettings]) -> AnySettings:
    """Reads the settings; a wrong one ends the process with status 2 and a line per error, without values."""
    try:
        return cls()
    except ValidationError as error:
        for wrong in field_errors(list(error.errors())):
            print(f"PULSO_{wrong.field.upper() or 'settings'}: {wrong.message}", file=sys.stderr)  # noqa: T201
        raise SystemExit(2) from None


def serve(service: str, cls: type[Settings], build: Callable[[Settings], FastAPI]) -> None:
    """Reads the settings, builds the app and serves it until SIGTERM or SIGINT.

    Ends with status 1 when a supervised part failed, so that whoever watches the process starts it anew.
    """
    settings = load_settings(cls)
    configure_logging(service=service, level=settings.log_level, fmt=settings.log_format)
    app = build(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop",
        http="httptools",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=round(settings.shutdown_seconds),
    )
    # What is loaded now stays: the collector need not look through it again while it looks for what answers
    # leave behind, which took 7 of 11 ms of a series by department.
    gc.collect()
    gc.freeze()
    server = _Server(config, app.state.health)
    app.state.health.on_failure(lambda: setattr(server, "should_exit", True))
    try:
        with _traces(service, settings, public=app.state.public):
            server.run()
    except asyncio.CancelledError:  # told to end before it served anything
        return
    if not server.started or app.state.health.failure is not None:
        raise SystemExit(1)


def _traces(service: str, settings: ServiceSettings, *, public: bool) -> AbstractContextManager[None]:
    if settings.otlp_endpoint is None:
        return nullcontext()
    from pulso_kit.tracing.export import exporting

    return exporting(service, str(settings.otlp_endpoint), share=settings.trace_share, public=public)
