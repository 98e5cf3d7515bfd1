"""The dead letters of a stack, asked from its streams."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar

from pulso_streams import DeadLetter, DeadLetters, Stream, StreamUnavailable, connect

from pulso_cli.failures import CommandFailed, ExitCode

Outcome = TypeVar("Outcome")


class StreamsOfStack:
    """The dead letters of the streams behind one Redis, for commands: each failure is a sentence."""

    def __init__(self, redis_url: str, shards: int) -> None:
        self._redis_url = redis_url
        self._shards = shards

    def page(self, stream: str, limit: int) -> tuple[int, list[dict[str, Any]]]:
        """How many there are, and the first of them; never the text."""

        async def read(letters: DeadLetters) -> tuple[int, list[DeadLetter]]:
            return await letters.count(), (await letters.page(limit=limit))[0]

        count, page = self._ask(stream, read)
        return count, [_row(stream, letter) for letter in page]

    def replay(self, stream: str, ids: Sequence[str] | None) -> int:
        """Sends these, or all, again; returns how many."""
        return self._ask(stream, lambda letters: letters.replay_all() if ids is None else letters.replay(ids))

    def drop(self, stream: str, ids: Sequence[str] | None) -> int:
        """Deletes these, or all; returns how many."""
        return self._ask(stream, lambda letters: letters.drop_all() if ids is None else letters.drop(ids))

    def _ask(self, stream: str, act: Callable[[DeadLetters], Awaitable[Outcome]]) -> Outcome:
        async def connected() -> Outcome:
            client = connect(self._redis_url)
            try:
                return await act(DeadLetters(client, Stream(stream, shards=self._shards)))
            finally:
                await client.aclose()

        try:
            return asyncio.run(connected())
        except StreamUnavailable as error:
            raise CommandFailed("The stream server does not answer.", ExitCode.NOT_RUNNING) from error
        except ValueError as error:
            raise CommandFailed(f"{str(error).capitalize()}.", ExitCode.USAGE) from error


def _row(stream: str, letter: DeadLetter) -> dict[str, Any]:
    return {
        "stream": stream,
        "id": letter.id,
        "message": letter.message.id if letter.message else None,
        "error": letter.error,
        "deliveries": letter.deliveries,
        "group": letter.group,
        "origin": letter.origin,
        "died_at": letter.died_at.isoformat(),
    }
