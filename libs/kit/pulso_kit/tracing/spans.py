"""Spans as all services make them. Without `export.exporting` they are no-ops of about a microsecond."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Final

from opentelemetry import context, trace
from opentelemetry.trace import INVALID_SPAN, Link, Span, SpanContext, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

TRACEPARENT: Final = "traceparent"
"""The name of the header that carries the context, over HTTP and in streams (W3C Trace Context)."""

W3C: Final = TraceContextTextMapPropagator()
_tracer: Final = trace.get_tracer("pulso")


@contextmanager
def span(
    name: str,
    kind: SpanKind = SpanKind.INTERNAL,
    attributes: Mapping[str, str | int] | None = None,
    links: Sequence[Link] = (),
) -> Iterator[Span]:
    """A span around the block. Of an error it keeps the class: a message may quote a customer.

    Args:
        name: From a closed list of words, never from what a customer sent.
        kind: Its part in a call or message.
        attributes: By names of `allowed.ATTRIBUTES`; others are not exported.
        links: The spans of other traces that led to this one.
    """
    with _tracer.start_as_current_span(
        name,
        kind=kind,
        attributes=dict(attributes or {}),
        links=links,
        record_exception=False,
        set_status_on_exception=False,
    ) as current:
        try:
            yield current
        except Exception as error:
            fail(current, type(error).__name__)
            raise


@contextmanager
def part(
    name: str, kind: SpanKind = SpanKind.INTERNAL, attributes: Mapping[str, str | int] | None = None
) -> Iterator[Span]:
    """A span within the present one; nothing where there is none, so that polls and probes make no traces."""
    if not present().is_valid:
        yield INVALID_SPAN
        return
    with span(name, kind, attributes) as current:
        yield current


def fail(failed: Span, kind: str) -> None:
    """Marks a span as failed by an error of this kind: a class or a status, never a message."""
    failed.set_attribute("error.type", kind)
    failed.set_status(StatusCode.ERROR)


def present() -> SpanContext:
    """The ids of the span at hand; not valid where there is none."""
    return trace.get_current_span().get_span_context()


def traceparent() -> str | None:
    """The present span as a header; None where there is none."""
    carrier: dict[str, str] = {}
    W3C.inject(carrier)
    return carrier.get(TRACEPARENT)


def remote_span(header: str | None) -> SpanContext:
    """The span that a header names; not valid when there is no header, or a malformed one."""
    carrier = {} if header is None else {TRACEPARENT: header}
    return trace.get_current_span(W3C.extract(carrier, context.Context())).get_span_context()


@contextmanager
def continued(header: str | None) -> Iterator[None]:
    """Makes the span that a header names the parent of all spans in the block."""
    token = context.attach(W3C.extract({} if header is None else {TRACEPARENT: header}, context.Context()))
    try:
        yield
    finally:
        context.detach(token)
