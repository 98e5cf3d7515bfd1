"""What waits for the device, and the choice of the next batch."""

import itertools
from collections.abc import Iterable

from pulso_sentiment.engine.request import Item, Lane
from pulso_sentiment.model.shapes import full_rows, grid_length, rows_within

_STREAM_TURN = 4
"""While both lanes wait, every fourth batch is the stream's: people go first, the stream never starves."""


class Window:
    """Waiting texts of both lanes.

    A batch is built around the text that waited longest, so that none starves, from those of its grid length
    among the first `size` of its lane: little padding, and answers that do not depend on neighbours
    (docs/adr/0007-one-text-one-answer.md).
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
                return [waiting.pop(number) for number in self._alike(waiting)]
        return []

    def _order(self) -> tuple[Lane, Lane]:
        if self._lanes[Lane.INTERACTIVE] and self._lanes[Lane.STREAM]:
            self._turn = (self._turn + 1) % _STREAM_TURN
            if self._turn == 0:
                return Lane.STREAM, Lane.INTERACTIVE
        return Lane.INTERACTIVE, Lane.STREAM

    def _alike(self, waiting: dict[int, Item]) -> list[int]:
        oldest = next(iter(waiting.values()))
        length = grid_length(oldest.length)
        first = itertools.islice(waiting.items(), self._size)
        alike = [number for number, item in first if grid_length(item.length) == length]
        most = min(self._batch_texts, rows_within(self._batch_tokens, length))
        return alike[: full_rows(min(len(alike), most))]
