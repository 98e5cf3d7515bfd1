"""What travels through the engine: requests, and their texts one by one."""

import asyncio
import time
from dataclasses import dataclass, field
from enum import StrEnum

from pulso_sentiment.domain.reading import Opinion
from pulso_sentiment.model.base import Tokens


class Lane(StrEnum):
    """Who waits: a person or program with an open connection, or the stream."""

    INTERACTIVE = "interactive"
    STREAM = "stream"


class TextFailed(Exception):
    """The model failed on this one text, also when it was alone in its batch."""


Outcome = Opinion | TextFailed


class Request:
    """The texts of one call; its future is done when the last of them is."""

    def __init__(self, lane: Lane, size: int) -> None:
        self.lane = lane
        self.future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._outcomes: list[Outcome | None] = [None] * size
        self._open = size

    @property
    def done(self) -> bool:
        """Whether nobody waits any more: answered, failed or cancelled."""
        return self.future.done()

    def settle(self, index: int, outcome: Outcome) -> None:
        """Keep the outcome of one text."""
        if self._outcomes[index] is None:
            self._outcomes[index] = outcome
            self._open -= 1
        if self._open == 0 and not self.future.done():
            self.future.set_result([outcome for outcome in self._outcomes if outcome is not None])

    def fail(self, error: Exception) -> None:
        """Give up the whole request."""
        if not self.future.done():
            self.future.set_exception(error)


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One text of a request, waiting for the device."""

    request: Request
    index: int
    tokens: Tokens
    since: float = field(default_factory=time.monotonic)

    @property
    def length(self) -> int:
        """Length in tokens."""
        return len(self.tokens.ids)
