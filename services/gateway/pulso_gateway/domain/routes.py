"""The table of everything that is reachable through the gateway. What is not here is a 404."""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from pulso_contracts.insights import MAX_BRIEF_SECONDS

from pulso_gateway.domain.api_keys import Role

API_PREFIX: Final = "/api/v1"


class Service(StrEnum):
    """The services behind the gateway."""

    INGEST = "ingest"
    SENTIMENT = "sentiment"
    TRENDS = "trends"
    INSIGHTS = "insights"


READ: Final = frozenset({Role.READER, Role.ADMIN})
WRITE: Final = frozenset({Role.WRITER, Role.ADMIN})
ANY_ROLE: Final = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path, the service that answers it, and who may call it."""

    method: str
    path: str
    """Below `/api/v1` at the gateway, at the root of the service; `{…}` stands for one id."""
    service: Service
    roles: frozenset[Role]
    answer_seconds: float = 30.0
    """How long the service may stay silent before the caller gets a 504."""
    upload: bool = False
    """The body is a file: streamed through, under a limit of its own."""
    endless: bool = False
    """The answer goes on until one side leaves."""


ROUTES: Final = (
    Route("POST", "/feedback", Service.INGEST, WRITE),
    Route("POST", "/feedback/batch", Service.INGEST, WRITE, answer_seconds=60.0),
    Route("POST", "/imports", Service.INGEST, WRITE, answer_seconds=120.0, upload=True),
    Route("GET", "/imports", Service.INGEST, ANY_ROLE),
    Route("GET", "/imports/{import_id}", Service.INGEST, ANY_ROLE),
    Route("POST", "/sentiment", Service.SENTIMENT, ANY_ROLE, answer_seconds=60.0),
    Route("POST", "/sentiment/explain", Service.SENTIMENT, ANY_ROLE, answer_seconds=60.0),
    Route("GET", "/sentiment/model", Service.SENTIMENT, ANY_ROLE),
    Route("GET", "/trends/sentiment", Service.TRENDS, READ),
    Route("GET", "/trends/dimensions", Service.TRENDS, READ),
    Route("GET", "/trends/emerging", Service.TRENDS, READ),
    Route("GET", "/trends/topics", Service.TRENDS, READ),
    Route("GET", "/trends/forecast", Service.TRENDS, READ),
    Route("GET", "/trends/anomalies", Service.TRENDS, READ),
    Route("GET", "/trends/status", Service.TRENDS, READ),
    Route("GET", "/taxonomy", Service.TRENDS, READ),
    Route("POST", "/taxonomy", Service.TRENDS, WRITE),
    Route("POST", "/sales", Service.TRENDS, WRITE, answer_seconds=60.0),
    Route("GET", "/trends/segments", Service.TRENDS, READ),
    Route("GET", "/trends/sales", Service.TRENDS, READ, answer_seconds=60.0),
    Route("GET", "/trends/ratings", Service.TRENDS, READ),
    Route("GET", "/trends/ratings/lead", Service.TRENDS, READ, answer_seconds=60.0),
    Route("GET", "/feedback", Service.TRENDS, READ),
    Route("GET", "/feedback/{feedback_id}", Service.TRENDS, READ),
    Route("GET", "/live", Service.TRENDS, READ, answer_seconds=60.0, endless=True),
    Route("POST", "/insights", Service.INSIGHTS, READ, answer_seconds=MAX_BRIEF_SECONDS + 5),
    Route("GET", "/insights", Service.INSIGHTS, READ),
    Route("GET", "/insights/{insight_id}", Service.INSIGHTS, READ),
)

_PARAMETER: Final = re.compile(r"\{(\w+)\}")
_IDENTIFIER: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,199}")


def service_path(route: Route, parameters: dict[str, str]) -> str | None:
    """The path to ask the service for, or None when a parameter is no id.

    It is built from the table, never copied from the caller, so `..%2f` leads nowhere.
    """
    if not all(_IDENTIFIER.fullmatch(value) for value in parameters.values()):
        return None
    return _PARAMETER.sub(lambda match: parameters[match[1]], route.path)


def path_parameters(path: str) -> list[str]:
    """The names of a template's parameters."""
    return _PARAMETER.findall(path)


def same_path(one: str, other: str) -> bool:
    """Whether two templates match the same paths, whatever their parameters are called."""
    return _PARAMETER.sub("{}", one) == _PARAMETER.sub("{}", other)
