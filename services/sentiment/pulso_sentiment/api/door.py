"""The first to see a scoring call: while the engine is full, most of an overload ends here."""

from pulso_kit.errors import Unavailable, error_response
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from pulso_sentiment.api.dependencies import engine_told
from pulso_sentiment.scoring import Scorer

_GUARDED = "/sentiment"


class Door:
    """Refuses a scoring call for which there is no room by its declared length, before its body is read.

    To parse a call only to refuse it costs as much as to score three texts: of a tenfold overload that is a
    third of the machine. Refusals here are counted, not logged.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: D102
        if scope["type"] == "http" and scope["path"] == _GUARDED and scope["method"] == "POST":
            scorer: Scorer = scope["app"].state.scorer
            length = Headers(scope=scope).get("content-length", "")
            try:
                with engine_told():
                    scorer.ensure_room(int(length) if length.isdigit() else 0)
            except Unavailable as error:
                await error_response(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)
