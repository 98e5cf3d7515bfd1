"""The engine: admission, tokenising, a window of waiting texts, devices; requests live on one event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from functools import partial
from operator import itemgetter

import structlog

from pulso_sentiment import metrics
from pulso_sentiment.domain.reading import EMPTY
from pulso_sentiment.engine.admission import Admission, estimated_tokens
from pulso_sentiment.engine.capacity import Capacity
from pulso_sentiment.engine.device import Device
from pulso_sentiment.engine.lanes import Lane
from pulso_sentiment.engine.request import Item, Outcome, Request, Text, TextFailed
from pulso_sentiment.engine.stage import Stage
from pulso_sentiment.engine.throughput import Throughput
from pulso_sentiment.engine.tokenising import Found, Tokenising
from pulso_sentiment.engine.window import Window
from pulso_sentiment.judging import Judge
from pulso_sentiment.model.base import Answers, Model, join

log = structlog.get_logger(__name__)


class EngineStopped(Exception):
    """The engine is not running, or died with this request in its queue."""


class Engine:
    """Scores texts; safe for any number of concurrent callers on one event loop.

    The stages are threads: one tokenises, one per device computes, and each takes its next work itself, so
    none waits for the event loop. What they find is put together on the loop.

    Args:
        model: What computes.
        capacity: The size of a batch, and the rate to begin with.
    """

    def __init__(self, model: Model, capacity: Capacity) -> None:
        self.model = model
        self.capacity = capacity
        self._judge = Judge(model)
        throughput = Throughput(model, capacity)
        self._admission = Admission(throughput)
        self._window = Window(capacity.batch_tokens)
        self._tokenising = Tokenising(model, self._hand_on_tokens)
        self._devices = [
            Device(model, self._window, throughput, self._hand_on_answers) for _ in range(model.devices)
        ]
        self._requests: set[Request] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_death: Callable[[], object] = lambda: None

    @asynccontextmanager
    async def running(self, on_death: Callable[[], object]) -> AsyncIterator[None]:
        """Run the stages beside the body; `on_death` is called when one ends of itself."""
        self._loop, self._on_death = asyncio.get_running_loop(), on_death
        stages = [Stage("tokenise", self._tokenising.run, self._ended)]
        stages += [Stage(f"device-{n}", device.run, self._ended) for n, device in enumerate(self._devices)]
        for lane in Lane:
            metrics.OLDEST_SECONDS.labels(lane).set_function(partial(self._window.age, lane))
            metrics.WAITING_TEXTS.labels(lane).set_function(partial(self._window.waiting, lane))
            metrics.QUEUED_TOKENS.labels(lane).set_function(partial(self._admission.queued, lane))
        for stage in stages:
            stage.start()
        try:
            yield
        finally:
            self._stop()

    @property
    def alive(self) -> bool:
        """Whether the engine takes work."""
        return self._loop is not None

    @property
    def busy_seconds(self) -> float:
        """How long the oldest of the present batches has been on its device; 0 when there is none."""
        return max(device.busy_seconds for device in self._devices)

    def ensure_room(self, tokens: int, lane: Lane) -> None:
        """Refuse early, before any work on texts of so many tokens as `estimate` tells.

        `score` asks again; errors as there.
        """
        self._running_loop()
        self._admission.ensure_room(tokens, lane)

    def estimate(self, texts: Sequence[str]) -> int:
        """Return an upper guess of the tokens of `texts`."""
        card = self.model.card
        return estimated_tokens(texts, card.max_tokens * card.max_windows)

    async def score(self, texts: Sequence[str], lane: Lane) -> list[Outcome]:
        """Score texts, in order; a text on which the model fails yields a `TextFailed` in its place.

        Cancelling it drops what is not on a device yet.

        Raises:
            Overloaded: when the lane's queue is full; nothing was done.
            EngineStopped: when the engine does not run or died meanwhile.
        """
        self._running_loop()
        if not texts:
            return []
        cost = self.estimate(texts)
        self._admission.admit(cost, lane)
        request = Request(lane, texts)
        self._requests.add(request)
        try:
            self._tokenising.put(request)
            return await request.future
        finally:
            request.future.cancel()
            self._requests.discard(request)
            self._admission.release(cost, lane)

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            raise EngineStopped
        return self._loop

    def _ended(self, stage: str, error: BaseException | None) -> None:
        if self.alive:
            log.error("engine.died", stage=stage, error=type(error).__name__, exc_info=error)
            self._stop()
            self._on_death()

    def _stop(self) -> None:
        self._loop = None
        self._tokenising.close()
        self._window.close()
        for request in list(self._requests):
            request.fail(EngineStopped())

    def _on_loop(self, callback: Callable[..., None], *arguments: object) -> None:
        """From a stage: go on on the event loop, unless the engine has stopped meanwhile."""
        if (loop := self._loop) is not None:
            loop.call_soon_threadsafe(callback, *arguments)

    def _hand_on_tokens(self, request: Request, found: Found) -> None:
        settled: list[tuple[int, Outcome]] = []
        items: list[Item] = []
        for index, tokens in enumerate(found):
            if isinstance(tokens, TextFailed):
                settled.append((index, tokens))
            elif tokens.windows:
                items += Text(request, index, tokens).items()
            else:
                settled.append((index, EMPTY))
        self._window.add(items)
        if settled:
            self._on_loop(_settle, request, settled)

    def _hand_on_answers(self, batch: Sequence[Item], answers: Answers | TextFailed) -> None:
        self._on_loop(self._conclude, batch, answers)

    def _conclude(self, batch: Sequence[Item], answers: Answers | TextFailed) -> None:
        try:
            self._settle_batch(batch, answers)
        except Exception as error:  # noqa: BLE001 - an error here would leave its callers waiting for ever
            self._ended("conclude", error)

    def _settle_batch(self, batch: Sequence[Item], answers: Answers | TextFailed) -> None:
        if isinstance(answers, TextFailed):
            for item in batch:
                item.text.settle(answers)
            return
        whole: list[tuple[Text, Answers]] = []
        for row, item in enumerate(batch):
            own = answers.each(itemgetter(slice(row, row + 1)))
            if (answer := item.text.answered(item.number, own)) is not None:
                whole.append((item.text, answer))
        if whole:
            texts = [text for text, _ in whole]
            opinions = self._judge.opinions(
                [text.tokens for text in texts], join([each for _, each in whole])
            )
            for text, opinion in zip(texts, opinions, strict=True):
                text.settle(opinion)


def _settle(request: Request, outcomes: Sequence[tuple[int, Outcome]]) -> None:
    for index, outcome in outcomes:
        request.settle(index, outcome)
