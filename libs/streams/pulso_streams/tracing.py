"""Spans of messages, by the semantic conventions of messaging; each message carries where it came from.

The context of a message is that of the span that sent it first, and stays so through hand-overs, dead letters
and replays: every batch that a message was part of is linked to the one trace that it began in.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from opentelemetry.trace import Link, SpanKind
from pulso_kit.tracing.spans import TRACEPARENT, present, remote_span, span, traceparent

from pulso_streams.message import Delivery, Message
from pulso_streams.stream import Stream


@contextmanager
def sending(stream: Stream, messages: Sequence[Message]) -> Iterator[Sequence[Message]]:
    """A span around publishing; gives the messages, those without a context with that of this span."""
    attributes = _about("send", stream, len(messages))
    if len(messages) == 1:
        attributes["messaging.message.id"] = messages[0].id
    with span(f"send {stream.name}", SpanKind.PRODUCER, attributes):
        header = traceparent()
        if header is None or not present().trace_flags.sampled:  # nobody could follow it
            yield messages
        else:
            yield [replace(each, headers={TRACEPARENT: header, **each.headers}) for each in messages]


@contextmanager
def processing(stream: Stream, group: str, deliveries: Sequence[Delivery]) -> Iterator[None]:
    """A span around the work on a batch, linked to the spans that sent its messages."""
    if not deliveries:
        yield
        return
    headers = dict.fromkeys(delivery.message.headers.get(TRACEPARENT) for delivery in deliveries)
    senders = [sender for header in headers if (sender := remote_span(header)).is_valid]
    attributes = _about("process", stream, len(deliveries)) | {"messaging.consumer.group.name": group}
    links = [Link(sender) for sender in senders]
    with span(f"process {stream.name}", SpanKind.CONSUMER, attributes, links):
        yield


def _about(operation: str, stream: Stream, messages: int) -> dict[str, str | int]:
    return {
        "messaging.system": "redis",
        "messaging.operation.name": operation,
        "messaging.operation.type": operation,
        "messaging.destination.name": stream.name,
        "messaging.batch.message_count": messages,
    }
