"""What may leave in a span: a closed list. Whatever a library adds to its spans one day, no text gets out."""

from typing import Final

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Link, SpanContext, SpanKind, Status

ATTRIBUTES: Final = frozenset(
    {
        "http.request.method", "http.response.status_code", "http.route", "network.protocol.version",
        "url.scheme", "error.type",
        "messaging.system", "messaging.operation.name", "messaging.operation.type", "messaging.message.id",
        "messaging.destination.name", "messaging.consumer.group.name", "messaging.batch.message_count",
        "db.system.name", "db.operation.name", "db.collection.name", "db.operation.batch.size",
        "gen_ai.operation.name", "gen_ai.provider.name", "gen_ai.request.model",
        "gen_ai.request.max_tokens", "gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens",
        "pulso.texts",
    }
)  # fmt: skip
"""Names of the semantic conventions whose values come from code and settings. Not among them: `url.path` and
`url.query` (ids, searched words), `db.query.text`, `client.address`, `user_agent.original`."""

OF_CLIENTS: Final = frozenset({"server.address", "server.port"})
"""Of a span that calls, they come from our settings; of one that serves, from the caller's `Host`."""


def allowed(span: ReadableSpan) -> ReadableSpan:
    """The span without attributes that are not listed, events, descriptions of errors, and trace state."""
    names = ATTRIBUTES | OF_CLIENTS if span.kind is SpanKind.CLIENT else ATTRIBUTES
    return ReadableSpan(
        name=span.name,
        context=_ids(span.context),
        parent=span.parent,
        resource=span.resource,
        attributes={name: value for name, value in (span.attributes or {}).items() if name in names},
        links=[Link(_ids(link.context)) for link in span.links],
        kind=span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _ids(context: SpanContext) -> SpanContext:
    return SpanContext(context.trace_id, context.span_id, context.is_remote, context.trace_flags)
