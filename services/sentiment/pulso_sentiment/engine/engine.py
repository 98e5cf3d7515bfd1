"""The engine: tokenising and the device in threads of their own, one event loop between them."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import numpy as np
import structlog

from pulso_sentiment import metrics
from pulso_sentiment.domain.reading import Opinion
from pulso_sentiment.engine.admission import Admission, estimated_tokens
from pulso_sentiment.engine.request import Item, Lane, Outcome, Request, TextFailed
from pulso_sentiment.engine.window import Window
from pulso_sentiment.model.base import Array, Model, Tokens
from pulso_sentiment.model.shapes import padded_tokens

log = structlog.get_logger(__name__)

WINDOW_TEXTS = 512
BATCH_TEXTS = 64
BATCHES_AHEAD = 2
"""One batch on the device and one ready behind it, so that the device never waits for the event loop."""
_EMPTY = Opinion((0.0, 1.0, 0.0), empty=True)


class EngineStopped(Exception):
    """The engine is not running, or died with this request in its queue."""


class Engine:
    """Scores texts; safe for any number of concurrent callers on one event loop.

    Args:
        model: What computes.
        queued_tokens: Admission limit of the interactive lane. The stream's lane is bounded by its caller.
        batch_tokens: The most tokens of one batch, padding included.
    """

    def __init__(self, model: Model, *, queued_tokens: int, batch_tokens: int) -> None:
        self.model = model
        self._admission = Admission(queued_tokens)
        self._window = Window(size=WINDOW_TEXTS, batch_tokens=batch_tokens, batch_texts=BATCH_TEXTS)
        self._tokeniser = ThreadPoolExecutor(1, thread_name_prefix="tokenise")
        self._device = ThreadPoolExecutor(1, thread_name_prefix="device")
        self._requests: set[Request] = set()
        self._arrived = asyncio.Event()
        self._running = False
        self._busy_since: float | None = None

    @asynccontextmanager
    async def running(self, on_death: Callable[[], object]) -> AsyncIterator[None]:
        """Run the engine beside the body; `on_death` is called when it dies of itself."""
        task = asyncio.create_task(self._run(), name="engine")
        self._running = True

        def ended(finished: asyncio.Task[None]) -> None:
            self._running = False
            self._fail_all()
            if not finished.cancelled():
                log.error("engine.died", exc_info=finished.exception())
                on_death()

        task.add_done_callback(ended)
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])
            self._tokeniser.shutdown(wait=False, cancel_futures=True)
            self._device.shutdown(wait=False, cancel_futures=True)

    @property
    def alive(self) -> bool:
        """Whether the engine takes work."""
        return self._running

    @property
    def busy_seconds(self) -> float:
        """How long the batch that is now on the device has been there; 0 when there is none."""
        since = self._busy_since
        return 0.0 if since is None else time.monotonic() - since

    def ensure_room(self, texts: Sequence[str], lane: Lane) -> None:
        """Refuse early, before any work on `texts`; `score` asks again. Errors as there."""
        if not self._running:
            raise EngineStopped
        if lane is Lane.INTERACTIVE:
            self._admission.ensure_room(self._cost(texts))

    async def score(self, texts: Sequence[str], lane: Lane) -> list[Outcome]:
        """Score texts, in order; a text on which the model fails yields a `TextFailed` in its place.

        Raises:
            Overloaded: when the interactive queue is full; nothing was done.
            EngineStopped: when the engine does not run or died meanwhile.
        """
        if not self._running:
            raise EngineStopped
        cost = self._cost(texts)
        if lane is Lane.INTERACTIVE:
            self._admission.admit(cost)
            metrics.QUEUED_TOKENS.set(self._admission.queued)
        request = Request(lane, len(texts))
        self._requests.add(request)
        try:
            await self._enqueue(request, texts)
            return await request.future
        finally:
            request.future.cancel()
            self._requests.discard(request)
            if lane is Lane.INTERACTIVE:
                self._admission.release(cost)
                metrics.QUEUED_TOKENS.set(self._admission.queued)

    def _cost(self, texts: Sequence[str]) -> int:
        return estimated_tokens(texts, self.model.card.max_tokens)

    async def _enqueue(self, request: Request, texts: Sequence[str]) -> None:
        items: list[Item] = []
        for index, tokens in enumerate(await self._tokenise(texts)):
            if isinstance(tokens, TextFailed):
                request.settle(index, tokens)
            elif tokens.ids:
                items.append(Item(request, index, tokens))
            else:
                request.settle(index, _EMPTY)
        self._window.add(items)
        self._arrived.set()

    async def _tokenise(self, texts: Sequence[str]) -> list[Tokens | TextFailed]:
        loop = asyncio.get_running_loop()
        started = time.monotonic()
        try:
            found: list[Tokens | TextFailed] = [
                *await loop.run_in_executor(self._tokeniser, self.model.tokenise, list(texts))
            ]
        except Exception as error:  # noqa: BLE001 - whatever one text does to the tokeniser, the others go on
            if len(texts) == 1:
                metrics.FAILED_TEXTS.labels("tokenise").inc()
                log.warning("text.failed", stage="tokenise", error=type(error).__name__)
                return [TextFailed(type(error).__name__)]
            found = [(await self._tokenise([text]))[0] for text in texts]
        metrics.TOKENISE_SECONDS.observe(time.monotonic() - started)
        return found

    async def _run(self) -> None:
        ahead = asyncio.Semaphore(BATCHES_AHEAD)
        async with asyncio.TaskGroup() as batches:
            while True:
                await ahead.acquire()
                while not (batch := self._window.take()):
                    self._arrived.clear()
                    await self._arrived.wait()
                for lane in Lane:
                    metrics.WAITING_TEXTS.labels(lane).set(self._window.waiting(lane))
                task = batches.create_task(self._compute(batch))
                task.add_done_callback(lambda _: ahead.release())

    async def _compute(self, batch: list[Item]) -> None:
        try:
            answers = await self._forward(batch)
        except Exception as error:  # noqa: BLE001 - one bad text must not take its neighbours along
            await self._retry(batch, error)
            return
        for item, row in zip(batch, answers, strict=True):
            opinion = Opinion((float(row[0]), float(row[1]), float(row[2])), truncated=item.tokens.truncated)
            item.request.settle(item.index, opinion)

    async def _retry(self, batch: list[Item], error: Exception) -> None:
        """Score each text of a failed batch alone, so that only the poison one fails.

        When a text fails alone, the model must still pass its warm-up: if not, the model itself is broken,
        and the engine dies so that the process is started anew.
        """
        metrics.FAILED_BATCHES.inc()
        if len(batch) > 1:
            for item in batch:
                await self._compute([item])
            return
        await asyncio.get_running_loop().run_in_executor(self._device, self.model.warmup)
        item = batch[0]
        metrics.FAILED_TEXTS.labels("forward").inc()
        log.warning("text.failed", stage="forward", error=type(error).__name__)
        item.request.settle(item.index, TextFailed(type(error).__name__))

    async def _forward(self, batch: list[Item]) -> Array:
        now = time.monotonic()
        for item in batch:
            metrics.WAIT_SECONDS.labels(item.request.lane).observe(now - item.since)
        answers, seconds = await asyncio.get_running_loop().run_in_executor(
            self._device, self._timed_forward, [item.tokens for item in batch]
        )
        if answers.shape != (len(batch), 3) or not np.isfinite(answers).all():
            raise ArithmeticError("the model gave no probabilities")
        lengths = [item.length for item in batch]
        tokens, padded = sum(lengths), padded_tokens(len(batch), max(lengths))
        self._admission.observe(tokens, seconds)
        metrics.INFER_SECONDS.observe(seconds)
        metrics.BATCH_TEXTS.observe(len(batch))
        metrics.TEXTS.inc(len(batch))
        metrics.TOKENS.inc(tokens)
        metrics.PADDED_TOKENS.inc(padded - tokens)
        return answers

    def _timed_forward(self, batch: list[Tokens]) -> tuple[Array, float]:
        self._busy_since = started = time.monotonic()
        try:
            return self.model.forward(batch), time.monotonic() - started
        finally:
            self._busy_since = None

    def _fail_all(self) -> None:
        for request in list(self._requests):
            request.fail(EngineStopped())
