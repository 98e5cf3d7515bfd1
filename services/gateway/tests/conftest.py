"""A real gateway before a service that records what reaches it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from pulso_gateway.app import build_app
from pulso_gateway.settings import GatewaySettings
from pulso_kit.health import Health
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from tests.fixtures.serving import serving

ADMIN_KEY = "pulso_testadmn_0123456789abcdefghijklmnopqrstuvwxyzABCD"
SERVICES = ("ingest", "sentiment", "trends", "insights")


@dataclass
class Upstream:
    """One application that plays all four services, and what it saw."""

    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    target: str = ""
    body: bytes = b""
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set by the first piece of an upload."""
    cancelled: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a slow answer is given up."""
    release: asyncio.Event = field(default_factory=asyncio.Event)
    """Lets an SSE stream send its second event."""
    ready: bool = True
    trouble: str = "connection refused"
    documented: bool = True

    def app(self) -> Starlette:
        """The application."""
        return Starlette(
            routes=[
                Route("/readyz", self._readyz),
                Route("/openapi.json", self._openapi),
                Route("/feedback", self._record, methods=["GET", "POST"]),
                Route("/feedback/{item}", self._item),
                Route("/imports", self._upload, methods=["POST"]),
                Route("/live", self._live),
                Route("/sentiment", self._refuse_gateway, methods=["POST"]),
                Route("/sentiment/explain", self._record, methods=["POST"]),
            ]
        )

    async def _readyz(self, _request: Request) -> Response:
        checks = {"database": "ok", "stream": "ok" if self.ready else self.trouble}
        return JSONResponse({"status": "x", "checks": checks}, status_code=200 if self.ready else 503)

    async def _openapi(self, _request: Request) -> Response:
        if not self.documented:
            return Response(status_code=500)
        answer = {"$ref": "#/components/schemas/Answer"}
        operation = {"operationId": "search", "responses": {"200": {"content": {"application/json": answer}}}}
        schemas = {"Answer": {"type": "object"}}
        return JSONResponse(
            {
                "openapi": "3.1.0",
                "paths": {"/feedback": {"get": operation}},
                "components": {"schemas": schemas},
            }
        )

    async def _record(self, request: Request) -> Response:
        self.headers = dict(request.headers)
        self.target = f"{request.url.path}?{request.scope['query_string'].decode()}"
        self.body = await request.body()
        inner = {"x-pulso-internal": "leak", "connection": "close, x-hop", "x-hop": "1", "x-note": "kept"}
        return JSONResponse({"ok": True}, status_code=202, headers=inner)

    async def _item(self, request: Request) -> Response:
        item = request.path_params["item"]
        if item == "slow":
            self.arrived.set()
            await asyncio.shield(self._until_caller_leaves(request))
        if item == "half":
            return StreamingResponse(_half(), headers={"content-length": "100"})
        return JSONResponse({"id": item})

    async def _until_caller_leaves(self, request: Request) -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self.cancelled.set()

    async def _upload(self, request: Request) -> Response:
        size = 0
        try:
            async for piece in request.stream():
                size += len(piece)
                if piece:
                    self.arrived.set()
        except ClientDisconnect:
            self.cancelled.set()
            raise
        return JSONResponse({"bytes": size}, status_code=202)

    async def _live(self, _request: Request) -> Response:
        return StreamingResponse(self._events(), media_type="text/event-stream")

    async def _events(self) -> AsyncIterator[bytes]:
        try:
            yield b"data: 1\n\n"
            await self.release.wait()
            yield b"data: 2\n\n"
            await asyncio.Event().wait()
        finally:
            self.cancelled.set()

    async def _refuse_gateway(self, _request: Request) -> Response:
        return JSONResponse({}, status_code=401)


async def _half() -> AsyncIterator[bytes]:
    yield b"only this"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    playing = Upstream()
    async with serving(playing.app()) as url:
        playing.url = url
        yield playing


class GatewayClient(httpx.AsyncClient):
    """Talks to a gateway with its admin key; `health` is the gateway's own."""

    def __init__(self, url: str, health: Health) -> None:
        super().__init__(base_url=url, headers={"X-API-Key": ADMIN_KEY}, timeout=10)
        self.health = health


StartGateway = Callable[..., Awaitable["GatewayClient"]]


@pytest.fixture
async def start_gateway(upstream: Upstream, redis_url: str, tmp_path: Path) -> AsyncIterator[StartGateway]:
    """Starts a gateway with some settings; gives a client that bears the admin key."""
    async with AsyncExitStack() as stack:

        async def start(**changed: object) -> httpx.AsyncClient:
            settings = {f"{name}_url": upstream.url for name in SERVICES}
            settings |= {"redis_url": redis_url, "database_url": f"sqlite:///{tmp_path}/keys.db"}
            settings |= {"admin_key": ADMIN_KEY} | changed  # type: ignore[dict-item]
            app = build_app(GatewaySettings(**settings))  # type: ignore[arg-type]
            url = await stack.enter_async_context(serving(app))
            return await stack.enter_async_context(GatewayClient(url, app.state.health))

        yield start


@pytest.fixture
async def gateway(start_gateway: StartGateway) -> GatewayClient:
    return await start_gateway()
