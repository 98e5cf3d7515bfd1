"""The id of the request being served: from the gateway, through HTTP and the streams, into each log line."""

import re
import secrets
from contextvars import ContextVar
from typing import Final

REQUEST_ID_HTTP_HEADER: Final = "x-request-id"
INTERNAL_TOKEN_HTTP_HEADER: Final = "x-pulso-internal"  # noqa: S105 - the name of a header

_WELL_FORMED: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")

request_id: ContextVar[str | None] = ContextVar("pulso_request_id", default=None)


def new_request_id() -> str:
    """A fresh id of 20 hexadecimal digits."""
    return secrets.token_hex(10)


def accepted_request_id(given: str | None) -> str:
    """The caller's id when it is well formed (so that it cannot forge log lines), else a fresh one."""
    return given if given is not None and _WELL_FORMED.fullmatch(given) else new_request_id()
