"""A caller's own trace at the public door."""

from opentelemetry import trace
from opentelemetry.trace import SpanContext
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pulso_kit.tracing.spans import TRACEPARENT, remote_span


class CallerLink:
    """Links the span of a request to the caller's: whoever has the caller's trace finds ours by it.

    It is no child of the caller's, so that no stranger decides what is sampled, or writes into a trace.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] == "http":
            caller = remote_span(Headers(scope=scope).get(TRACEPARENT))
            if caller.is_valid:
                ids = SpanContext(caller.trace_id, caller.span_id, is_remote=True)
                trace.get_current_span().add_link(ids)
        await self._app(scope, receive, send)
