"""Work that stops when nobody waits for it any more."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from fastapi import Request

from pulso_sentiment.errors import ClientGone

Result = TypeVar("Result")


async def while_connected(request: Request, work: Coroutine[Any, Any, Result]) -> Result:
    """Return what `work` returns, or cancel it when the client of `request`, whose body was read, hangs up.

    A client that has lost patience often asks again: without this its old request is computed too, and
    an overload feeds itself.

    Raises:
        ClientGone: it hung up; nobody reads the answer.
    """
    working = asyncio.ensure_future(work)
    watching = asyncio.create_task(_hung_up(request))
    watching.add_done_callback(lambda _: working.cancel())
    try:
        return await working
    except asyncio.CancelledError as error:
        if watching.done():
            raise ClientGone("The client hung up.") from error
        raise
    finally:
        watching.cancel()


async def _hung_up(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass
