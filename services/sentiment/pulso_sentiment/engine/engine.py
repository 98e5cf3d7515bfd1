"""The engine: admission, tokenising, a window of waiting texts, the device; one event loop between them."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager

import structlog

from pulso_sentiment import metrics
from pulso_sentiment.domain.reading import EMPTY
from pulso_sentiment.engine.admission import Admission, estimated_tokens
from pulso_sentiment.engine.device import Device
from pulso_sentiment.engine.request import Item, Lane, Outcome, Request, Text, TextFailed
from pulso_sentiment.engine.tokenising import Tokenising
from pulso_sentiment.engine.window import Window
from pulso_sentiment.judging import Judge
from pulso_sentiment.model.base import Model

log = structlog.get_logger(__name__)

WINDOW_TEXTS = 512
BATCH_TEXTS = 64
BATCHES_AHEAD = 2
"""One batch on the device and one ready behind it, so that the device never waits for the event loop."""


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
        self._judge = Judge(model)
        self._admission = Admission(queued_tokens)
        self._window = Window(size=WINDOW_TEXTS, batch_tokens=batch_tokens, batch_texts=BATCH_TEXTS)
        self._tokenising = Tokenising(model)
        self._device = Device(model, self._admission)
        self._requests: set[Request] = set()
        self._arrived = asyncio.Event()
        self._running = False

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
            self._tokenising.close()
            self._device.close()

    @property
    def alive(self) -> bool:
        """Whether the engine takes work."""
        return self._running

    @property
    def busy_seconds(self) -> float:
        """How long the present batch has been on the device; 0 when there is none."""
        return self._device.busy_seconds

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
        if not texts:
            return []
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
        card = self.model.card
        return estimated_tokens(texts, card.max_tokens * card.max_windows)

    async def _enqueue(self, request: Request, texts: Sequence[str]) -> None:
        items: list[Item] = []
        for index, tokens in enumerate(await self._tokenising.tokenise(texts)):
            if isinstance(tokens, TextFailed):
                request.settle(index, tokens)
            elif tokens.windows:
                items += Text(request, index, tokens, self._judge.opinion).items()
            else:
                request.settle(index, EMPTY)
        self._window.add(items)
        self._arrived.set()

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
                task = batches.create_task(self._device.compute(batch))
                task.add_done_callback(lambda _: ahead.release())

    def _fail_all(self) -> None:
        for request in list(self._requests):
            request.fail(EngineStopped())
