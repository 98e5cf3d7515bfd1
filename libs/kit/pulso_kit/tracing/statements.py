"""A span for each statement that a traced request or batch sends to a database."""

import re
from typing import Any, Final

from opentelemetry import trace
from opentelemetry.trace import Span, SpanKind
from sqlalchemy import Engine, ExceptionContext, event

from pulso_kit.tracing.spans import fail, present

_COLLECTION: Final = re.compile(r"\b(?:FROM|INTO|UPDATE)\s+\"?([A-Za-z_]\w*)", re.IGNORECASE)
_SPANS: Final = "pulso.spans"
_tracer: Final = trace.get_tracer("pulso")


def trace_statements(engine: Engine) -> None:
    """Makes spans of what `engine` runs: operation and table, neither text nor parameters."""
    system = engine.dialect.name

    def begin(
        connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        if present().is_valid:
            connection.info.setdefault(_SPANS, []).append(_started(system, statement, parameters, many=many))

    def end(connection: Any, *_: Any) -> None:
        if spans := connection.info.get(_SPANS):
            spans.pop().end()

    def end_failed(failure: ExceptionContext) -> None:
        if failure.connection is not None and (spans := failure.connection.info.get(_SPANS)):
            failed: Span = spans.pop()
            fail(failed, type(failure.original_exception).__name__)
            failed.end()

    event.listen(engine, "before_cursor_execute", begin)
    event.listen(engine, "after_cursor_execute", end)
    event.listen(engine, "handle_error", end_failed)


def _started(system: str, statement: str, parameters: Any, *, many: bool) -> Span:
    operation = statement.lstrip(" (").partition(" ")[0].upper()
    attributes: dict[str, str | int] = {"db.system.name": system, "db.operation.name": operation}
    name = operation
    if found := _COLLECTION.search(statement):
        attributes["db.collection.name"] = found[1]
        name = f"{operation} {found[1]}"
    if many:
        attributes["db.operation.batch.size"] = len(parameters)
    return _tracer.start_span(name, kind=SpanKind.CLIENT, attributes=attributes)
