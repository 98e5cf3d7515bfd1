"""The last stage: the forward pass, in a thread of its own, and what happens when it fails."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from operator import itemgetter

import numpy as np
import structlog

from pulso_sentiment import metrics
from pulso_sentiment.engine.admission import Admission
from pulso_sentiment.engine.request import Item, TextFailed
from pulso_sentiment.model.base import Answers, Model, Tokens
from pulso_sentiment.model.shapes import padded_tokens

log = structlog.get_logger(__name__)


class Device:
    """Computes batches and answers their texts; tells `admission` the rate at which it does."""

    def __init__(self, model: Model, admission: Admission) -> None:
        self._model = model
        self._admission = admission
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="device")
        self._busy_since: float | None = None

    @property
    def busy_seconds(self) -> float:
        """How long the present batch has been on the device; 0 when there is none."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    async def compute(self, batch: Sequence[Item]) -> None:
        """Answer each window of a batch; a text fails only when it fails alone.

        Raises:
            Exception: whatever the model's warm-up raises after such a failure: the model itself is broken.
        """
        try:
            answers = await self._forward(batch)
        except Exception as error:  # noqa: BLE001 - one bad text must not take its neighbours along
            await self._retry(batch, error)
            return
        for row, item in enumerate(batch):
            item.text.answer(item.number, answers.each(itemgetter(slice(row, row + 1))))

    def close(self) -> None:
        """End the thread after what it holds."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def _retry(self, batch: Sequence[Item], error: Exception) -> None:
        metrics.FAILED_BATCHES.inc()
        if len(batch) > 1:
            for item in batch:
                await self.compute([item])
            return
        await asyncio.get_running_loop().run_in_executor(self._thread, self._model.warmup)
        item = batch[0]
        metrics.FAILED_TEXTS.labels("forward").inc()
        log.warning("text.failed", stage="forward", error=type(error).__name__)
        item.text.fail(TextFailed(type(error).__name__))

    async def _forward(self, batch: Sequence[Item]) -> Answers:
        now = time.monotonic()
        for item in batch:
            metrics.WAIT_SECONDS.labels(item.request.lane).observe(now - item.since)
        answers, seconds = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._timed_forward, [item.tokens for item in batch]
        )
        self._check(answers, len(batch))
        self._observe([item.length for item in batch], seconds)
        return answers

    def _timed_forward(self, batch: list[Tokens]) -> tuple[Answers, float]:
        self._busy_since = started = time.monotonic()
        try:
            return self._model.forward(batch), time.monotonic() - started
        finally:
            self._busy_since = None

    def _check(self, answers: Answers, texts: int) -> None:
        classes = len(self._model.card.labels), len(self._model.card.emotions)
        for part, width in zip(answers, (*classes, None), strict=True):
            if part is None:
                continue
            if len(part) != texts or part.shape[1] != (width or part.shape[1]) or not np.isfinite(part).all():
                raise ArithmeticError("the model gave no answers")

    def _observe(self, lengths: Sequence[int], seconds: float) -> None:
        tokens = sum(lengths)
        self._admission.observe(tokens, seconds)
        metrics.INFER_SECONDS.observe(seconds)
        metrics.BATCH_TEXTS.observe(len(lengths))
        metrics.TEXTS.inc(len(lengths))
        metrics.TOKENS.inc(tokens)
        metrics.PADDED_TOKENS.inc(padded_tokens(len(lengths), max(lengths)) - tokens)
