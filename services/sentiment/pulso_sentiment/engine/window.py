"""What waits for the devices, and the choice of the next batch."""

import time
from collections import deque
from collections.abc import Iterable
from math import ceil
from threading import Condition

from pulso_sentiment.engine.lanes import Lane, Turns
from pulso_sentiment.engine.request import Item
from pulso_sentiment.model.shapes import full_rows, grid_length, padded_tokens, rows_within

PATIENCE = {Lane.INTERACTIVE: 0.1, Lane.BULK: 0.5, Lane.STREAM: 1.0}
"""Seconds for which fuller batches may go before the text that waited longest."""
_LEAST_SHARE = 2
"""A text that is read alone costs up to half as much again as among others."""

_Waiting = dict[int, deque[Item]]


class Window:
    """Waiting windows of texts, by lane and grid length: one adds, the devices take.

    A batch is of one grid length: little padding, and answers that do not depend on neighbours
    (docs/adr/0007-one-text-one-answer.md). Of the lengths that wait, that which fills a batch best is taken,
    or that of the text that waited longest once it has waited for its lane's patience, so that none starves.
    Devices that have nothing else to do share what waits.
    """

    def __init__(self, batch_tokens: int) -> None:
        self._batch_tokens = batch_tokens
        self._lanes: dict[Lane, _Waiting] = {lane: {} for lane in Lane}
        self._turns = Turns()
        self._idle = 0
        self._changed = Condition()
        self._closed = False

    def waiting(self, lane: Lane) -> int:
        """Return the number of windows that wait in a lane."""
        with self._changed:
            return sum(map(len, self._lanes[lane].values()))

    def age(self, lane: Lane) -> float:
        """Return how long the oldest of a lane has waited; 0 when nothing waits."""
        with self._changed:
            oldest = min((queue[0].since for queue in self._lanes[lane].values()), default=None)
        return 0.0 if oldest is None else time.monotonic() - oldest

    def add(self, items: Iterable[Item]) -> None:
        """Let items wait, and wake a device."""
        with self._changed:
            for item in items:
                waiting = self._lanes[item.request.lane]
                if not waiting:
                    self._turns.woke(item.request.lane, self._active())
                waiting.setdefault(grid_length(item.length), deque()).append(item)
            self._changed.notify_all()

    def take(self) -> list[Item]:
        """Remove and return the next batch, waiting for one; empty once the window is closed."""
        with self._changed:
            while not self._closed:
                if batch := self._next():
                    return batch
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
        return []

    def close(self) -> None:
        """Send everyone home who waits in `take`; what waits to be taken stays untaken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _active(self) -> list[Lane]:
        return [lane for lane, waiting in self._lanes.items() if waiting]

    def _next(self) -> list[Item]:
        while active := self._active():
            lane = self._turns.next(active)
            waiting = self._lanes[lane]
            length = self._best_length(waiting, PATIENCE[lane])
            if batch := self._batch(waiting, length):
                self._turns.spent(lane, padded_tokens(len(batch), length))
                return batch
        return []

    def _best_length(self, waiting: _Waiting, patience: float) -> int:
        oldest = min(waiting, key=lambda length: waiting[length][0].since)
        if time.monotonic() - waiting[oldest][0].since > patience:
            return oldest
        return max(waiting, key=lambda length: min(len(waiting[length]) * length, self._batch_tokens))

    def _batch(self, waiting: _Waiting, length: int) -> list[Item]:
        """Take the first of a length; those of requests that were cancelled or failed are dropped."""
        queue = waiting[length]
        share = max(_LEAST_SHARE, ceil(len(queue) / (1 + self._idle)))
        most = min(rows_within(self._batch_tokens, length), share)
        batch: list[Item] = []
        while queue and len(batch) < most:
            item = queue.popleft()
            if not item.request.done:
                batch.append(item)
        kept = full_rows(len(batch)) if batch else 0
        queue.extendleft(reversed(batch[kept:]))
        if not queue:
            del waiting[length]
        return batch[:kept]
