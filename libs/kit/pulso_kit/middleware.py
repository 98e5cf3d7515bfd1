"""What wraps every request: its id, the internal token, the body limit and one access log line.

Plain ASGI classes, because Starlette's BaseHTTPMiddleware buffers streams and costs a task per request.
"""

import hmac
import time
from collections.abc import Sequence

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pulso_kit.context import (
    INTERNAL_TOKEN_HTTP_HEADER,
    REQUEST_ID_HTTP_HEADER,
    accepted_request_id,
    request_id,
)
from pulso_kit.errors import problem_response

QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: open to probes and scrapers, and not worth a log line each."""

log = structlog.get_logger(__name__)


class RequestContext:
    """Gives each request its id, returns it in the answer, and logs one line without path values or query.

    An error that nothing foresaw is logged here without its message and answered with a plain 500 problem.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        identifier = accepted_request_id(Headers(scope=scope).get(REQUEST_ID_HTTP_HEADER))
        token = request_id.set(identifier)
        started = time.perf_counter()
        status = 500
        answered = False

        async def send_with_id(message: Message) -> None:
            nonlocal status, answered
            if message["type"] == "http.response.start":
                status, answered = message["status"], True
                MutableHeaders(scope=message)[REQUEST_ID_HTTP_HEADER] = identifier
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            log.exception("request.failed")
            if answered:
                raise
            detail = "An unforeseen error; the logs hold its request id."
            await problem_response(500, slug="internal", detail=detail)(scope, receive, send_with_id)
        finally:
            if scope["path"] not in QUIET_PATHS:
                route = scope.get("route")
                log.info(
                    "request",
                    method=scope["method"],
                    route=getattr(route, "path", "unmatched"),
                    status=status,
                    seconds=round(time.perf_counter() - started, 4),
                )
            request_id.reset(token)


class InternalToken:
    """Serves only callers that know one of the internal tokens; probes and scrapers are let through."""

    def __init__(self, app: ASGIApp, tokens: Sequence[str]) -> None:
        self._app = app
        self._tokens = [token.encode() for token in tokens]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] == "http" and scope["path"] not in QUIET_PATHS:
            given = Headers(scope=scope).get(INTERNAL_TOKEN_HTTP_HEADER, "").encode()
            if not any(hmac.compare_digest(given, token) for token in self._tokens):
                response = problem_response(401, detail="This service is reached through the gateway.")
                await response(scope, receive, send)
                return
        await self._app(scope, receive, send)


class _BodyTooLarge(Exception):
    pass


class BodyLimit:
    """Refuses bodies over `limit` bytes with 413: by their declared length, else as soon as they pass it.

    `exempt` are path prefixes of endpoints that stream their body and keep their own limit.
    """

    def __init__(self, app: ASGIApp, limit: int, exempt: tuple[str, ...] = ()) -> None:
        self._app = app
        self._limit = limit
        self._exempt = exempt

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] != "http" or (self._exempt and scope["path"].startswith(self._exempt)):
            await self._app(scope, receive, send)
            return
        declared = Headers(scope=scope).get("content-length", "0")
        if not declared.isdigit() or int(declared) > self._limit:
            await self._refuse(scope, receive, send)
            return
        seen = 0
        started = False

        async def limited_receive() -> Message:
            nonlocal seen
            message = await receive()
            if message["type"] == "http.request":
                seen += len(message.get("body", b""))
                if seen > self._limit:
                    raise _BodyTooLarge
            return message

        async def send_unless_refused(message: Message) -> None:
            nonlocal started
            # FastAPI answers 400 to any error while it reads a body; 413 tells the client what to mend.
            if seen <= self._limit or started:
                started = True
                await send(message)

        try:
            await self._app(scope, limited_receive, send_unless_refused)
        except _BodyTooLarge:
            if started:
                raise
        if seen > self._limit and not started:
            await self._refuse(scope, receive, send)

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"The body is larger than {self._limit} bytes."
        await problem_response(413, detail=detail, headers={"Connection": "close"})(scope, receive, send)
