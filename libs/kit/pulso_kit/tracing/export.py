"""Sends spans to a collector. Imported only where tracing is on: the SDK takes 8 MB and 0.3 s of CPU."""

import logging
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from typing import Any, Final
from uuid import uuid4

import structlog
from opentelemetry import propagate, trace
from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.propagators.textmap import TextMapPropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.sdk.trace.sampling import ParentBased

from pulso_kit.tracing.allowed import allowed
from pulso_kit.tracing.sampling import LinkedOrShare
from pulso_kit.tracing.spans import W3C

QUEUE_SPANS: Final = 1_024
"""Waiting for the collector; further ones push out the oldest. A link takes up to 600 bytes, and a
third of a worker's spans have up to 128: 30 MB at most."""
BATCH_SPANS: Final = 256
DELAY_SECONDS: Final = 2.0
"""How long a span waits for others at most."""
EXPORT_SECONDS: Final = 5.0
"""For one batch, retries included; then it is given up."""
CLOSE_SECONDS: Final = 1.5
"""For what waits when the process ends; then it is given up."""
MOST_LINKS: Final = 256
"""Of one span: an indexer takes 250 items at a time by default, each perhaps of a trace of its own."""


@contextmanager
def exporting(service: str, endpoint: str, *, share: float, public: bool) -> Iterator[None]:
    """Sends the spans of this process while the block runs, from a thread that nothing waits for.

    Args:
        service: The service's name.
        endpoint: The base address of the collector; spans go to its `/v1/traces`.
        share: The part of traces that is kept, where this process begins them.
        public: True for a process that strangers call: it begins a trace of its own for each request.
    """
    # The SDK tells of each failed batch; `_Gate` tells of each outage.
    logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
    exporter = OTLPSpanExporter(endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS)
    provider = TracerProvider(
        sampler=ParentBased(LinkedOrShare(share)),
        resource=_resource(service),
        span_limits=SpanLimits(max_links=MOST_LINKS),
        shutdown_on_exit=False,
    )
    provider.add_span_processor(
        BatchSpanProcessor(
            _Gate(exporter, service),
            max_queue_size=QUEUE_SPANS,
            max_export_batch_size=BATCH_SPANS,
            schedule_delay_millis=DELAY_SECONDS * 1000,
        )
    )
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(_Unasked() if public else W3C)
    try:
        yield
    finally:
        # The SDK would wait for 30 seconds.
        closing = threading.Thread(target=provider.shutdown, name="traces", daemon=True)
        closing.start()
        closing.join(CLOSE_SECONDS)


def _resource(service: str) -> Resource:
    return Resource.create(
        {
            "service.name": f"pulso-{service}",
            "service.version": version(f"pulso-{service}"),
            "service.instance.id": str(uuid4()),
            "host.name": socket.gethostname(),
        }
    )


class _Unasked(TextMapPropagator):
    """Takes no parent from a caller; `caller.CallerLink` links to it instead."""

    def extract(self, carrier: Any, context: Context | None = None, getter: Any = None) -> Context:  # noqa: ARG002
        return Context() if context is None else context

    def inject(self, carrier: Any, context: Context | None = None, setter: Any = None) -> None:
        pass

    @property
    def fields(self) -> set[str]:
        return set()


class _Gate(SpanExporter):
    """Lets through what is allowed, and logs the beginning and the end of an outage."""

    def __init__(self, exporter: SpanExporter, service: str) -> None:
        self._exporter = exporter
        self._log = structlog.get_logger(__name__).bind(service=service)
        self._lost = 0

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        result = self._exporter.export([allowed(span) for span in spans])
        if result is SpanExportResult.SUCCESS:
            if self._lost:
                self._log.info("traces.exported_again", lost=self._lost)
            self._lost = 0
        else:
            if not self._lost:
                self._log.warning("traces.not_exported")
            self._lost += len(spans)
        return result

    def shutdown(self) -> None:
        self._exporter.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        return self._exporter.force_flush(timeout_millis)
