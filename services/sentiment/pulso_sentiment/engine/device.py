"""The last stage: the forward pass, in a thread of its own, and what happens when it fails."""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import structlog

from pulso_sentiment import metrics
from pulso_sentiment.domain.reading import Opinion
from pulso_sentiment.engine.admission import Admission
from pulso_sentiment.engine.request import Item, TextFailed
from pulso_sentiment.model.base import Array, Model, Tokens
from pulso_sentiment.model.shapes import padded_tokens

log = structlog.get_logger(__name__)


class Device:
    """Computes batches and settles their texts; tells `admission` the rate at which it does."""

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
        """Settle each text of a batch; a text fails only when it fails alone.

        Raises:
            Exception: whatever the model's warm-up raises after such a failure: the model itself is broken.
        """
        try:
            answers = await self._forward(batch)
        except Exception as error:  # noqa: BLE001 - one bad text must not take its neighbours along
            await self._retry(batch, error)
            return
        for item, row in zip(batch, answers, strict=True):
            opinion = Opinion((float(row[0]), float(row[1]), float(row[2])), truncated=item.tokens.truncated)
            item.request.settle(item.index, opinion)

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
        item.request.settle(item.index, TextFailed(type(error).__name__))

    async def _forward(self, batch: Sequence[Item]) -> Array:
        now = time.monotonic()
        for item in batch:
            metrics.WAIT_SECONDS.labels(item.request.lane).observe(now - item.since)
        answers, seconds = await asyncio.get_running_loop().run_in_executor(
            self._thread, self._timed_forward, [item.tokens for item in batch]
        )
        if answers.shape != (len(batch), 3) or not np.isfinite(answers).all():
            raise ArithmeticError("the model gave no probabilities")
        self._observe([item.length for item in batch], seconds)
        return answers

    def _timed_forward(self, batch: list[Tokens]) -> tuple[Array, float]:
        self._busy_since = started = time.monotonic()
        try:
            return self._model.forward(batch), time.monotonic() - started
        finally:
            self._busy_since = None

    def _observe(self, lengths: Sequence[int], seconds: float) -> None:
        tokens = sum(lengths)
        self._admission.observe(tokens, seconds)
        metrics.INFER_SECONDS.observe(seconds)
        metrics.BATCH_TEXTS.observe(len(lengths))
        metrics.TEXTS.inc(len(lengths))
        metrics.TOKENS.inc(tokens)
        metrics.PADDED_TOKENS.inc(padded_tokens(len(lengths), max(lengths)) - tokens)
