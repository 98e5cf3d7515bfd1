"""Passing a request on to a service and its answer back, piece by piece in both directions."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import httpx
import structlog
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from pulso_gateway.domain.headers import RawHeaders, to_caller, to_service
from pulso_gateway.domain.routes import Route
from pulso_gateway.metrics import OPEN_ANSWERS
from pulso_gateway.upstream.body import CallerBody
from pulso_gateway.upstream.exchange import answer_to, build_request

log = structlog.get_logger(__name__)


class Relay(Response):
    """The answer to a request that a service behind the gateway is asked for.

    When the caller hangs up, the exchange with the service is cancelled; an endless answer is ended when the
    gateway shuts down. An answer that the service breaks off is broken off towards the caller too, who would
    take half of it for the whole otherwise.
    """

    def __init__(
        self,
        route: Route,
        *,
        client: httpx.AsyncClient,
        path: str,
        body_limit: int,
        headers: dict[str, str],
        draining: asyncio.Event,
    ) -> None:
        """Prepares the exchange; it happens when the server runs the response.

        Args:
            route: The row of the table.
            client: The connections to its service.
            path: The path to ask the service for.
            body_limit: The most bytes that the caller may send.
            headers: Added to the service's own.
            draining: Set when the gateway shuts down.
        """
        super().__init__()
        self._route = route
        self._client = client
        self._path = path
        self._body_limit = body_limit
        self._added: RawHeaders = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._draining = draining
        self._started = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Runs the exchange until it is over or one side leaves."""
        body = CallerBody(receive, expected=_has_body(scope), limit=self._body_limit)
        exchange = asyncio.create_task(self._exchange(scope, body, send))
        endings = [_watch(body.caller_left())]
        if self._route.endless:
            endings.append(_watch(self._draining.wait()))
        try:
            await asyncio.wait({exchange, *endings}, return_when=asyncio.FIRST_COMPLETED)
            if exchange.done():
                await exchange
        finally:
            unfinished = not exchange.done()
            for task in (exchange, *endings):
                task.cancel()
            await asyncio.gather(exchange, *endings, return_exceptions=True)
        if unfinished and self._started and self._draining.is_set():
            await send({"type": "http.response.body", "body": b""})

    async def _exchange(self, scope: Scope, body: CallerBody, send: Send) -> None:
        request = build_request(
            self._client,
            self._route,
            path=self._path,
            query=scope["query_string"],
            headers=to_service(scope["headers"]),
            body=body,
        )
        try:
            async with answer_to(self._client, request, self._route) as answer:
                await self._pass_back(answer, send)
        except ClientDisconnect:
            log.info("caller.left", service=self._route.service)

    async def _pass_back(self, answer: httpx.Response, send: Send) -> None:
        headers = to_caller(answer.headers.raw) + self._added
        await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
        self._started = True
        with OPEN_ANSWERS.labels(service=self._route.service).track_inprogress():
            try:
                async for piece in answer.aiter_raw():
                    await send({"type": "http.response.body", "body": piece, "more_body": True})
            except httpx.TransportError as error:
                log.warning("service.broke_off", service=self._route.service, exc_info=error)
                return
        await send({"type": "http.response.body", "body": b""})


def _watch(ending: Coroutine[Any, Any, object]) -> asyncio.Task[object]:
    return asyncio.create_task(ending)


def _has_body(scope: Scope) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _ in scope["headers"])
