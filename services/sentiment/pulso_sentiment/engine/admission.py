"""Admission by tokens, before any work: a request is taken whole or refused whole."""

from collections.abc import Sequence

CHARACTERS_PER_TOKEN = 3
"""Low on purpose: Spanish has about 4.5 characters per piece, so the estimate errs to the safe side."""

_RATE_MEMORY = 0.9
_FIRST_RATE = 2_000.0
_LONGEST_WAIT = 30.0


class Overloaded(Exception):
    """The queue is full; nothing was done.

    Attributes:
        retry_after: seconds after which the queue should have room.
    """

    def __init__(self, retry_after: float) -> None:
        super().__init__("the sentiment queue is full")
        self.retry_after = retry_after


def estimated_tokens(texts: Sequence[str], longest: int) -> int:
    """Return an upper guess of what `texts` cost a model that reads at most `longest` tokens of each."""
    return sum(min(longest, len(text) // CHARACTERS_PER_TOKEN + 3) for text in texts)


class Admission:
    """A budget of queued tokens, and the measured rate at which it empties."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.queued = 0
        self._rate = _FIRST_RATE

    def ensure_room(self, tokens: int) -> None:
        """Check that `tokens` fit. An idle engine takes any request, so none is refused for ever.

        Raises:
            Overloaded: when others wait and the limit would be passed.
        """
        if self.queued and self.queued + tokens > self.limit:
            raise Overloaded(min(_LONGEST_WAIT, max(1.0, self.queued / self._rate)))

    def admit(self, tokens: int) -> None:
        """Take `tokens` into the budget; errors as for `ensure_room`."""
        self.ensure_room(tokens)
        self.queued += tokens

    def release(self, tokens: int) -> None:
        """Give back what `admit` took."""
        self.queued -= tokens

    def observe(self, tokens: int, seconds: float) -> None:
        """Learn the device's rate from one batch."""
        if seconds > 0:
            self._rate = _RATE_MEMORY * self._rate + (1 - _RATE_MEMORY) * tokens / seconds
