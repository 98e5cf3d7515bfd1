"""Admission by tokens, before any work: a request is taken whole or refused whole."""

from collections.abc import Sequence

from pulso_sentiment.engine.lanes import Lane
from pulso_sentiment.engine.throughput import Throughput

CHARACTERS_PER_TOKEN = 3
"""Low on purpose: Spanish has about 4.5 characters per piece, so the estimate errs to the safe side."""

LONGEST_WAIT = {Lane.INTERACTIVE: 2.0, Lane.BULK: 20.0}
"""Seconds within which an admitted request should be answered: a person looks elsewhere after two, and a
program that sends hundreds of texts has asked for seconds of work. The stream is bounded by its worker."""

_SHORTEST_RETRY = 1.0


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
    """The tokens that wait in each lane, against the measured rate at which they are computed.

    Args:
        throughput: Knows the rate.
    """

    def __init__(self, throughput: Throughput) -> None:
        self._throughput = throughput
        self._queued = dict.fromkeys(Lane, 0)

    def queued(self, lane: Lane) -> int:
        """Return the tokens that were admitted to a lane and are not answered."""
        return self._queued[lane]

    def ensure_room(self, tokens: int, lane: Lane) -> None:
        """Check that `tokens` would be answered in time.

        An empty lane takes any request, so that none is refused for ever.

        Raises:
            Overloaded: when others wait and the lane's longest wait would be passed.
        """
        if lane not in LONGEST_WAIT or not self._queued[lane]:
            return
        excess = (self._queued[lane] + tokens) / self._least_rate(lane) - LONGEST_WAIT[lane]
        if excess > 0:
            raise Overloaded(max(_SHORTEST_RETRY, min(excess, LONGEST_WAIT[lane])))

    def admit(self, tokens: int, lane: Lane) -> None:
        """Take `tokens` into the lane; errors as for `ensure_room`."""
        self.ensure_room(tokens, lane)
        self._queued[lane] += tokens

    def release(self, tokens: int, lane: Lane) -> None:
        """Give back what `admit` took."""
        self._queued[lane] -= tokens

    def _least_rate(self, lane: Lane) -> float:
        """What the lane gets however much waits in the others."""
        rivals = sum(other.share for other, queued in self._queued.items() if queued or other is lane)
        return self._throughput.rate * lane.share / rivals
