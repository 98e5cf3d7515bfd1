"""The last stage: forward passes, and what happens when one fails."""

import time
from collections.abc import Callable, Sequence

import numpy as np
import structlog

from pulso_sentiment import metrics
from pulso_sentiment.engine.request import Item, TextFailed
from pulso_sentiment.engine.throughput import Throughput
from pulso_sentiment.engine.window import Window
from pulso_sentiment.model.base import Answers, Model

log = structlog.get_logger(__name__)

HandOn = Callable[[Sequence[Item], Answers | TextFailed], None]


class Device:
    """Computes what waits in the window, batch after batch; there may be several beside each other."""

    def __init__(self, model: Model, window: Window, throughput: Throughput, hand_on: HandOn) -> None:
        self._model = model
        self._window = window
        self._throughput = throughput
        self._hand_on = hand_on
        self._busy_since: float | None = None

    @property
    def busy_seconds(self) -> float:
        """How long the present batch has been on the device; 0 when there is none."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def run(self) -> None:
        """Work until the window closes; what a stage does.

        Raises:
            Exception: whatever the model's warm-up raises after a failure: the model itself is broken.
        """
        while batch := self._window.take():
            now = time.monotonic()
            for item in batch:
                metrics.WAIT_SECONDS.labels(item.request.lane).observe(now - item.since)
            self._compute(batch)

    def _compute(self, batch: Sequence[Item]) -> None:
        try:
            answers = self._forward(batch)
        except Exception as error:  # noqa: BLE001 - one bad text must not take its neighbours along
            metrics.FAILED_BATCHES.inc()
            self._retry(batch, error)
        else:
            self._hand_on(batch, answers)

    def _retry(self, batch: Sequence[Item], error: Exception) -> None:
        """Try in halves: a text fails only alone, and what was too large for the memory is done in parts."""
        if len(batch) > 1:
            half = len(batch) // 2
            self._compute(batch[:half])
            self._compute(batch[half:])
            return
        self._model.warmup()
        metrics.FAILED_TEXTS.labels("forward").inc()
        log.warning("text.failed", stage="forward", error=type(error).__name__)
        self._hand_on(batch, TextFailed(type(error).__name__))

    def _forward(self, batch: Sequence[Item]) -> Answers:
        self._busy_since = started = time.monotonic()
        try:
            answers = self._model.forward([item.tokens for item in batch])
        finally:
            self._busy_since = None
        self._check(answers, len(batch))
        self._throughput.observe([item.length for item in batch], time.monotonic() - started)
        return answers

    def _check(self, answers: Answers, texts: int) -> None:
        classes = len(self._model.card.labels), len(self._model.card.emotions)
        for part, width in zip(answers, (*classes, None), strict=True):
            if part is None:
                continue
            if len(part) != texts or part.shape[1] != (width or part.shape[1]) or not np.isfinite(part).all():
                raise ArithmeticError("the model gave no answers")
