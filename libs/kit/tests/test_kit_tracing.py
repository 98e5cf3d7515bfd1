"""Which spans leave, and what they never hold."""

import subprocess
import sys

import pytest
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import Decision
from opentelemetry.trace import Link, SpanContext, SpanKind, StatusCode, TraceFlags, TraceState
from pulso_kit.tracing.allowed import allowed
from pulso_kit.tracing.sampling import LinkedOrShare
from pulso_kit.tracing.spans import TRACEPARENT, continued, present, remote_span, traceparent

HEADER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
SECRET = "ceviche secreto"
STATE = TraceState([("vendor", SECRET)])


def other_span(*, sampled: bool = True) -> SpanContext:
    flags = TraceFlags(TraceFlags.SAMPLED if sampled else TraceFlags.DEFAULT)
    return SpanContext(7, 8, is_remote=True, trace_flags=flags, trace_state=STATE)


def test_only_what_is_listed_leaves():
    tracer = TracerProvider().get_tracer("test")
    span = tracer.start_span(
        "GET /feedback",
        kind=SpanKind.SERVER,
        attributes={"http.route": "/feedback", "url.query": SECRET, "server.address": SECRET},
        links=[Link(other_span(), {"note": SECRET})],
    )
    span.record_exception(ValueError(SECRET))
    span.set_status(StatusCode.ERROR, SECRET)
    span.end()
    assert SECRET.encode() in encode_spans([span]).SerializeToString()
    left = allowed(span)
    assert SECRET.encode() not in encode_spans([left]).SerializeToString()
    assert left.name == "GET /feedback"
    assert left.attributes == {"http.route": "/feedback"}
    assert left.context.span_id == span.context.span_id
    assert left.status.status_code is StatusCode.ERROR
    assert [link.context.span_id for link in left.links] == [8]


def test_the_state_of_a_trace_that_others_wrote_does_not_leave():
    tracer = TracerProvider().get_tracer("test")
    with continued(HEADER):
        span = tracer.start_span("POST")
    span._context = SpanContext(1, 2, is_remote=False, trace_state=STATE)
    assert SECRET.encode() not in encode_spans([allowed(span)]).SerializeToString()


@pytest.mark.parametrize(
    ("share", "links", "kept"),
    [
        (0.0, [], False),
        (1.0, [], True),
        (0.0, [other_span()], True),
        (0.0, [other_span(sampled=False)], False),
        (0.0, [other_span(sampled=False), other_span()], True),
    ],
)
def test_a_trace_is_kept_by_its_share_or_for_a_trace_that_led_to_it(share, links, kept):
    result = LinkedOrShare(share).should_sample(None, 2**127, "process", links=[Link(each) for each in links])
    assert (result.decision is Decision.RECORD_AND_SAMPLE) is kept


@pytest.mark.parametrize("header", [None, "", "nonsense", "00-0-0-01", "99" * 5_000])
def test_a_header_that_names_no_span_is_no_error(header):
    assert not remote_span(header).is_valid
    with continued(header):
        assert traceparent() is None


def test_a_context_goes_on_from_its_header():
    with continued(HEADER):
        assert traceparent() == HEADER
        assert present() == remote_span(HEADER)
    assert TRACEPARENT == "traceparent"
    assert not present().is_valid


def test_without_a_collector_nothing_that_exports_is_loaded():
    program = """
import sys
import pulso_gateway.__main__
from pulso_gateway.app import build_app
from pulso_gateway.settings import GatewaySettings
build_app(GatewaySettings())
unwanted = {"opentelemetry.sdk.trace", "opentelemetry.exporter", "google.protobuf", "requests"}
print(sorted(unwanted & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
