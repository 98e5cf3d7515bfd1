"""FastAPI reads JSON leniently: this route refuses repeated names, and says 400 when nothing parses."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pulso_kit.errors import Malformed, UnsupportedMedia
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from pulso_ingest.metrics import count_rejected
from pulso_ingest.validation import InvalidJson, strict_json, told

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


def media_type(request: Request) -> str:
    """The request's media type without parameters, in lower case; empty when there is none."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


class _StrictRequest(Request):
    async def json(self) -> Any:
        try:
            return strict_json(await self.body())
        except InvalidJson as error:
            raise HTTPException(400, f"The body is not valid JSON: {error}.") from None


class StrictJsonRoute(APIRoute):
    """A route whose body is one JSON document."""

    def get_route_handler(self) -> Handler:
        """The route's handler behind the strict reading; rejected items are counted."""
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            if media_type(request) != "application/json":
                raise UnsupportedMedia("Send the item as application/json.")
            try:
                return await handle(_StrictRequest(request.scope, request.receive))
            except RequestValidationError as error:
                errors = told(error.errors())
                count_rejected(errors)
                raise Malformed("Some fields break their rules.", errors=errors) from None

        return handle_strictly
