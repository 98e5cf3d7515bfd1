"""What waits for the device, and the choice of the next batch."""

import itertools
from collections.abc import Iterable

from pulso_sentiment.engine.request import Item, Lane
from pulso_sentiment.model.shapes import full_rows, padded_tokens

_STREAM_TURN = 4
"""While both lanes wait, every fourth batch is the stream's: people go first, the stream never starves."""


class Window:
    """Waiting texts of both lanes.

    A batch is built around the text that waited longest, so that none starves, from those of about its length
    among the first `size` of its lane: 5 % padding at 512 texts, where batches in order of arrival have 73 %.
    """

    def __init__(self, *, size: int, batch_tokens: int, batch_texts: int) -> None:
        self._size = size
        self._batch_tokens = batch_tokens
        self._batch_texts = batch_texts
        self._lanes: dict[Lane, dict[int, Item]] = {lane: {} for lane in Lane}
        self._numbers = itertools.count()
        self._turn = 0

    def __len__(self) -> int:
        return sum(map(len, self._lanes.values()))

    def waiting(self, lane: Lane) -> int:
        """Return the number of texts that wait in a lane."""
        return len(self._lanes[lane])

    def add(self, items: Iterable[Item]) -> None:
        """Let texts wait."""
        for item in items:
            self._lanes[item.request.lane][next(self._numbers)] = item

    def take(self) -> list[Item]:
        """Remove and return the next batch, empty if nothing waits; texts of ended requests are dropped."""
        for lane in self._order():
            waiting = self._lanes[lane]
            for number in [number for number, item in waiting.items() if item.request.done]:
                del waiting[number]
            if waiting:
                return [waiting.pop(number) for number in self._neighbours(waiting)]
        return []

    def _order(self) -> tuple[Lane, Lane]:
        if self._lanes[Lane.INTERACTIVE] and self._lanes[Lane.STREAM]:
            self._turn = (self._turn + 1) % _STREAM_TURN
            if self._turn == 0:
                return Lane.STREAM, Lane.INTERACTIVE
        return Lane.INTERACTIVE, Lane.STREAM

    @staticmethod
    def _filled(numbers: list[int], oldest: int) -> list[int]:
        """Leave out some texts where they would fill the next grid shape badly; the oldest always stays."""
        spare = len(numbers) - full_rows(len(numbers))
        before = numbers.index(oldest)
        cut = min(spare, before)
        return numbers[cut : len(numbers) - (spare - cut)]

    def _neighbours(self, waiting: dict[int, Item]) -> list[int]:
        oldest = next(iter(waiting))
        by_length = sorted(itertools.islice(waiting, self._size), key=lambda number: waiting[number].length)
        lengths = [waiting[number].length for number in by_length]
        low = high = by_length.index(oldest)
        while high - low + 1 < self._batch_texts:
            below = lengths[high] - lengths[low - 1] if low > 0 else None
            above = lengths[high + 1] - lengths[low] if high + 1 < len(lengths) else None
            if below is None and above is None:
                break
            upwards = below is None or (above is not None and above < below)
            longest = lengths[high + 1] if upwards else lengths[high]
            if padded_tokens(high - low + 2, longest) > self._batch_tokens:
                break
            low, high = (low, high + 1) if upwards else (low - 1, high)
        return self._filled(by_length[low : high + 1], oldest)
