"""A caller's request body, passed on as it arrives."""

import asyncio
from collections.abc import AsyncIterator

from pulso_kit.errors import TooLarge
from starlette.requests import ClientDisconnect
from starlette.types import Receive


class CallerBody:
    """The body of one request, and the news that the caller hung up."""

    def __init__(self, receive: Receive, *, expected: bool, limit: int) -> None:
        """Wraps the server's `receive`.

        Args:
            receive: Gives the pieces of the body, then the disconnection.
            expected: Whether the request has a body at all.
            limit: The most bytes that are passed on.
        """
        self._receive = receive
        self._limit = limit
        self._all_read = asyncio.Event()
        self.expected = expected
        if not expected:
            self._all_read.set()

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body, piece by piece.

        Raises:
            TooLarge: It has more bytes than the limit.
            ClientDisconnect: The caller hung up before its end.
        """
        size = 0
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ClientDisconnect
            piece = message.get("body", b"")
            more = message.get("more_body", False)
            size += len(piece)
            if size > self._limit:
                raise TooLarge(f"The body is larger than {self._limit} bytes.")
            if piece:
                yield piece
        self._all_read.set()

    async def caller_left(self) -> None:
        """Returns when the caller hangs up. Until the body is read, reading it is what notices."""
        await self._all_read.wait()
        while (await self._receive())["type"] != "http.disconnect":
            pass
