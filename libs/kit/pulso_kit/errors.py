"""The closed list of errors that a client may see, and how each becomes a problem document (RFC 9457)."""

from http import HTTPStatus
from math import ceil
from typing import Any, ClassVar

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pulso_contracts.feedback import FieldError
from pulso_contracts.problems import PROBLEM_MEDIA_TYPE, PROBLEM_TYPE_PREFIX, Problem
from starlette.exceptions import HTTPException


class PulsoError(Exception):
    """An error with its own status and stable type; `detail` is shown to clients and never quotes a text."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"

    def __init__(
        self, detail: str, *, errors: list[FieldError] | None = None, retry_after: float | None = None
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors or []
        self.retry_after = retry_after
        """Seconds after which trying again makes sense."""


class BadRequest(PulsoError):
    """The request cannot be understood at all (not UTF-8, not JSON)."""

    status, slug = 400, "bad-request"


class Unauthenticated(PulsoError):
    """No key, or one that is not known."""

    status, slug = 401, "unauthenticated"


class Forbidden(PulsoError):
    """A known key that may not do this."""

    status, slug = 403, "forbidden"


class NotFound(PulsoError):
    """Nothing with that id."""

    status, slug = 404, "not-found"


class NotAcceptable(PulsoError):
    """The caller accepts none of the forms in which this is told."""

    status, slug = 406, "not-acceptable"


class Conflict(PulsoError):
    """The request is well formed but does not fit the present state."""

    status, slug = 409, "conflict"


class TooLarge(PulsoError):
    """A body, file or batch beyond its limit."""

    status, slug = 413, "too-large"


class UnsupportedMedia(PulsoError):
    """A content type that this endpoint does not read."""

    status, slug = 415, "unsupported-media-type"


class Malformed(PulsoError):
    """A payload whose fields break their rules; `errors` names them."""

    status, slug = 422, "malformed"


class TooManyRequests(PulsoError):
    """A caller over its rate."""

    status, slug = 429, "too-many-requests"


class Unavailable(PulsoError):
    """A dependency is down or full: nothing was done, try again after `retry_after` seconds."""

    status, slug = 503, "unavailable"


class BadGateway(PulsoError):
    """A service behind this one gave no usable answer."""

    status, slug = 502, "bad-gateway"


class GatewayTimeout(PulsoError):
    """A service behind this one did not answer in time."""

    status, slug = 504, "gateway-timeout"


def _problem_schema() -> dict[str, Any]:
    """The schema without `$defs`: inside an OpenAPI document `#/$defs/…` would point to nothing."""
    schema = Problem.model_json_schema()
    schema["properties"]["errors"]["items"] = schema.pop("$defs")["FieldError"]
    return schema


def problem_responses(*codes: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of an endpoint: the errors of these statuses that it may give."""
    return {
        code: {
            "description": HTTPStatus(code).phrase,
            "content": {PROBLEM_MEDIA_TYPE: {"schema": _problem_schema()}},
        }
        for code in codes
    }


PROBLEM_RESPONSES = problem_responses(400, 401, 403, 413, 422, 429, 503)
"""For `responses=` of an app or router, so that OpenAPI tells of the errors that any endpoint may give."""

_SLUGS = {error.status: error.slug for error in PulsoError.__subclasses__()} | {405: "method-not-allowed"}


def problem_response(
    status: int,
    *,
    detail: str | None,
    slug: str | None = None,
    errors: list[FieldError] | None = None,
    headers: dict[str, str] | None = None,
) -> JSONResponse:
    """A problem document as a response."""
    problem = Problem(
        type=PROBLEM_TYPE_PREFIX + (slug or _SLUGS.get(status, "error")),
        title=HTTPStatus(status).phrase,
        status=status,
        detail=detail,
        errors=errors or [],
    )
    body = problem.model_dump(mode="json", exclude_none=True, exclude_defaults=False)
    return JSONResponse(body, status_code=status, headers=headers, media_type=PROBLEM_MEDIA_TYPE)


def error_response(error: PulsoError) -> JSONResponse:
    """The problem document of an error."""
    headers = {} if error.retry_after is None else {"Retry-After": str(max(1, ceil(error.retry_after)))}
    if error.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return problem_response(
        error.status, slug=error.slug, detail=error.detail, errors=error.errors, headers=headers
    )


def field_errors(errors: list[Any]) -> list[FieldError]:
    """Pydantic's errors without the values that caused them; `field` is a dotted path without the place."""
    places = {"body", "query", "path", "header"}
    return [
        FieldError(
            field=".".join(
                str(part) for index, part in enumerate(error["loc"]) if index > 0 or part not in places
            ),
            message=str(error["msg"]).removeprefix("Value error, "),
        )
        for error in errors
    ]


def install_error_handlers(app: FastAPI) -> None:
    """Makes every foreseen error of `app` a problem document; `middleware.RequestContext` has the others."""

    async def on_pulso_error(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, PulsoError)  # noqa: S101 - the registration below guarantees it
        return error_response(error)

    async def on_validation_error(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - the registration below guarantees it
        details = list(error.errors())
        if any(detail["type"] == "json_invalid" for detail in details):
            return problem_response(400, detail="The body is not valid JSON.")
        return problem_response(422, detail="Some fields break their rules.", errors=field_errors(details))

    async def on_http_exception(_request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)  # noqa: S101 - the registration below guarantees it
        headers = dict(error.headers) if error.headers else None
        return problem_response(error.status_code, detail=str(error.detail), headers=headers)

    app.add_exception_handler(PulsoError, on_pulso_error)
    app.add_exception_handler(RequestValidationError, on_validation_error)
    app.add_exception_handler(HTTPException, on_http_exception)
