"""What travels through the engine: requests, their texts one by one, and the windows of each text."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from pulso_sentiment.domain.reading import Opinion
from pulso_sentiment.engine.lanes import Lane
from pulso_sentiment.model.base import Answers, Tokenised, Tokens, join
from pulso_sentiment.model.windows import combine


class TextFailed(Exception):
    """The model failed on this one text, also when it was alone in its batch."""


Outcome = Opinion | TextFailed


class Request:
    """The texts of one call; its future is done when the last of them is."""

    def __init__(self, lane: Lane, texts: Sequence[str]) -> None:
        self.lane = lane
        self.texts = list(texts)
        self.future: asyncio.Future[list[Outcome]] = asyncio.get_running_loop().create_future()
        self._outcomes: list[Outcome | None] = [None] * len(texts)
        self._open = len(texts)

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

    def __init__(self, request: Request, index: int, tokens: Tokenised) -> None:
        self.request = request
        self.tokens = tokens
        self._index = index
        self._answers: dict[int, Answers] = {}

    def items(self) -> list["Item"]:
        """Return its windows, for the devices."""
        return [Item(self, number, tokens) for number, tokens in enumerate(self.tokens.windows)]

    def answered(self, number: int, answers: Answers) -> Answers | None:
        """Keep the answers [1, …] on a window; return those on the text once all windows have theirs."""
        self._answers[number] = answers
        windows = self.tokens.windows
        if len(self._answers) < len(windows):
            return None
        return combine(join([self._answers[each] for each in range(len(windows))]), windows)

    def settle(self, outcome: Outcome) -> None:
        """Tell the request what became of this text."""
        self.request.settle(self._index, outcome)


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
