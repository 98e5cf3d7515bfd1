"""Which headers pass through the gateway, and which belong to one hop or to Pulso itself."""

from collections.abc import Iterable
from typing import Final

RawHeaders = list[tuple[bytes, bytes]]

_HOP_BY_HOP: Final = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization proxy-connection te trailer "
    b"transfer-encoding upgrade".split()
)
"""RFC 9110 section 7.6.1."""
_SPENT_AT_THE_GATEWAY: Final = frozenset(
    b"host authorization x-api-key cookie expect forwarded x-request-id traceparent tracestate "
    b"baggage".split()
)
"""Read here and of no business to a service: above all the caller's key. Request id and trace begin anew."""
_SET_BY_THE_GATEWAY: Final = frozenset((b"server", b"date", b"x-request-id", b"set-cookie"))
NOT_STORED: Final = (b"cache-control", b"no-store")
_INTERNAL_PREFIXES: Final = (b"x-pulso-", b"x-forwarded-")


def to_service(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """The caller's headers that a service may see.

    A length that comes along with a transfer encoding is dropped: the two may disagree, and which one a
    reader believes is how requests are smuggled (RFC 9112 section 6.3).
    """
    given = [(name.lower(), value) for name, value in headers]
    dropped = _HOP_BY_HOP | _SPENT_AT_THE_GATEWAY | _named_by_connection(given)
    if any(name == b"transfer-encoding" for name, _ in given):
        dropped |= {b"content-length"}
    kept = [(name, value) for name, value in given if _passes(name, dropped)]
    if not any(name == b"accept-encoding" for name, _ in kept):
        kept.append((b"accept-encoding", b"identity"))
    return kept


def to_caller(headers: Iterable[tuple[bytes, bytes]]) -> RawHeaders:
    """A service's headers that the caller may see.

    Unless the service says otherwise, nothing may be stored on the way: a shared cache does not know that
    `X-API-Key` decides who may read an answer.
    """
    given = [(name.lower(), value) for name, value in headers]
    dropped = _HOP_BY_HOP | _SET_BY_THE_GATEWAY | _named_by_connection(given)
    kept = [(name, value) for name, value in given if _passes(name, dropped)]
    if not any(name == b"cache-control" for name, _ in kept):
        kept.append(NOT_STORED)
    return kept


def _passes(name: bytes, dropped: frozenset[bytes]) -> bool:
    return name not in dropped and not name.startswith(_INTERNAL_PREFIXES)


def _named_by_connection(headers: RawHeaders) -> frozenset[bytes]:
    values = (value for name, value in headers if name == b"connection")
    return frozenset(token.strip().lower() for value in values for token in value.split(b","))
