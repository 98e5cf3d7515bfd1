"""Which headers pass, as a table."""

import pytest
from pulso_gateway.domain.headers import to_caller, to_service


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ([(b"Content-Type", b"a/b"), (b"X-Note", b"1")], [(b"content-type", b"a/b"), (b"x-note", b"1")]),
        ([(b"Authorization", b"k"), (b"X-Api-Key", b"k"), (b"Cookie", b"c"), (b"Host", b"h")], []),
        ([(b"Traceparent", b"00-a-b-01"), (b"Tracestate", b"a=b"), (b"Baggage", b"c=d")], []),
        ([(b"X-Pulso-Internal", b"t"), (b"X-PULSO-anything", b"t"), (b"X-Forwarded-Host", b"h")], []),
        ([(b"Connection", b"close, X-Mine ,TE"), (b"X-Mine", b"1"), (b"TE", b"trailers")], []),
        ([(b"Content-Length", b"4")], [(b"content-length", b"4")]),
        ([(b"Content-Length", b"4"), (b"Transfer-Encoding", b"chunked")], []),
        ([(b"X-Note", b"1"), (b"X-Note", b"2")], [(b"x-note", b"1"), (b"x-note", b"2")]),
    ],
)
def test_towards_a_service(given, kept):
    assert to_service(given) == [*kept, (b"accept-encoding", b"identity")]


def test_the_callers_own_encodings_are_kept():
    assert to_service([(b"Accept-Encoding", b"br")]) == [(b"accept-encoding", b"br")]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (
            [(b"Retry-After", b"2"), (b"content-length", b"9")],
            [(b"retry-after", b"2"), (b"content-length", b"9")],
        ),
        ([(b"Server", b"s"), (b"Date", b"d"), (b"Set-Cookie", b"c"), (b"X-Request-Id", b"i")], []),
        ([(b"Transfer-Encoding", b"chunked"), (b"Connection", b"x-hop"), (b"X-Hop", b"1")], []),
        ([(b"X-Pulso-Internal", b"t")], []),
    ],
)
def test_towards_the_caller(given, kept):
    assert to_caller(given) == [*kept, (b"cache-control", b"no-store")]


def test_a_service_may_allow_its_answer_to_be_kept():
    assert to_caller([(b"Cache-Control", b"max-age=5")]) == [(b"cache-control", b"max-age=5")]
