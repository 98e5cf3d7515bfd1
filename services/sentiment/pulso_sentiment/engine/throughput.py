"""How fast the devices compute: for admission, and to be told."""

from collections.abc import Sequence
from threading import Lock

from pulso_sentiment import metrics
from pulso_sentiment.engine.capacity import Capacity
from pulso_sentiment.model.base import Model
from pulso_sentiment.model.shapes import padded_tokens

_MEMORY = 0.95
"""Of the batches before: the rate follows some twenty batches, one to two seconds of work."""
_FULL = 0.75
"""Of the tokens that fit a batch: such batches tell what the devices can do. One text takes a third of
the time of twelve: with small ones devices are always busy long before they are at their limit."""


class Throughput:
    """Learns from each batch; large batches count for more, as they do for whoever waits.

    Args:
        model: Tells what a text costs.
        capacity: The rate to begin with, and the best that there could be.
    """

    def __init__(self, model: Model, capacity: Capacity) -> None:
        self._model = model
        self._peak = capacity.peak_operations
        self._full_tokens = _FULL * capacity.batch_tokens
        self._capacity = capacity.tokens_per_second
        metrics.CAPACITY.set(self._capacity)
        self._lock = Lock()
        self._tokens = capacity.tokens_per_second / model.devices
        self._seconds = 1.0
        self._operations = 0.0

    @property
    def rate(self) -> float:
        """Tokens per second while all devices work."""
        return self._model.devices * self._tokens / self._seconds

    def observe(self, lengths: Sequence[int], seconds: float) -> None:
        """Learn from one batch of one device: the lengths of its texts in tokens, and how long it took."""
        tokens = sum(lengths)
        operations = sum(map(self._model.operations, lengths))
        padded = padded_tokens(len(lengths), max(lengths))
        with self._lock:
            self._tokens = _MEMORY * self._tokens + tokens
            self._seconds = _MEMORY * self._seconds + seconds
            self._operations = _MEMORY * self._operations + operations
            self._tell_share()
            if padded >= self._full_tokens:
                rate = self._model.devices * tokens / max(seconds, 1e-9)
                self._capacity = _MEMORY * self._capacity + (1 - _MEMORY) * rate
                metrics.CAPACITY.set(self._capacity)
        metrics.INFER_SECONDS.observe(seconds)
        metrics.BATCH_TEXTS.observe(len(lengths))
        metrics.TEXTS.inc(len(lengths))
        metrics.TOKENS.inc(tokens)
        metrics.PADDED_TOKENS.inc(padded - tokens)
        metrics.OPERATIONS.inc(operations)
        metrics.BUSY_SECONDS.inc(seconds / self._model.devices)

    def _tell_share(self) -> None:
        if self._peak is not None:
            achieved = self._model.devices * self._operations / self._seconds
            metrics.PEAK_SHARE.set(achieved / self._peak)
