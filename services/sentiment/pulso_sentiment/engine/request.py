"""What travels through the engine: requests, their texts one by one, and the windows of each text."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from pulso_sentiment.domain.reading import Opinion
from pulso_sentiment.model.base import Answers, Tokenised, Tokens, join
from pulso_sentiment.model.windows import combine


class Lane(StrEnum):
    """Who waits: a person or program with an open connection, or the stream."""

    INTERACTIVE = "interactive"
    STREAM = "stream"


class TextFailed(Exception):
    """The model failed on this one text, also when it was alone in its batch."""


Outcome = Opinion | TextFailed
Judgement = Callable[[Tokenised, Answers], Opinion]


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


class Text:
    """One text of a request, until all its windows are answered."""

    def __init__(self, request: Request, index: int, tokens: Tokenised, judgement: Judgement) -> None:
        self.request = request
        self._index = index
        self._tokens = tokens
        self._judgement = judgement
        self._answers: dict[int, Answers] = {}

    def items(self) -> list["Item"]:
        """Return its windows, for the device."""
        return [Item(self, number, tokens) for number, tokens in enumerate(self._tokens.windows)]

    def answer(self, number: int, answers: Answers) -> None:
        """Keep the answers [1, …] on one window; the last one settles the text."""
        self._answers[number] = answers
        windows = self._tokens.windows
        if len(self._answers) == len(windows):
            whole = combine(join([self._answers[each] for each in range(len(windows))]), windows)
            self.request.settle(self._index, self._judgement(self._tokens, whole))

    def fail(self, error: TextFailed) -> None:
        """Give up this text."""
        self.request.settle(self._index, error)


@dataclass(frozen=True, slots=True, eq=False)
class Item:
    """One window of a text, waiting for the device."""

    text: Text
    number: int
    tokens: Tokens
    since: float = field(default_factory=time.monotonic)

    @property
    def request(self) -> Request:
        """The call that waits for it."""
        return self.text.request

    @property
    def length(self) -> int:
        """Length in tokens."""
        return len(self.tokens.ids)
