"""The worker: fetches feedback, has it scored, hands it over to the next stream, several batches at once."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import structlog
from pulso_contracts.events import FEEDBACK_RECEIVED, FEEDBACK_SCORED, FeedbackReceived, FeedbackScored
from pulso_contracts.scoring import Score
from pulso_streams import Consumer, Delivery, Message, Publisher, StreamError
from pydantic import ValidationError

from pulso_sentiment import metrics
from pulso_sentiment.engine import Lane, TextFailed
from pulso_sentiment.scoring import Scorer

log = structlog.get_logger(__name__)

BATCH_MESSAGES = 128
_WINDOW_BATCHES = 32
"""Batches of the devices for which texts wait at a time: enough of each length to fill a batch with."""
_MEAN_TOKENS = 32
_MOST_IN_FLIGHT = 64


def batches_in_flight(batch_tokens: int) -> int:
    """Return how many fetches to have in work, so that devices find full batches while others are published.

    Args:
        batch_tokens: Tokens of one batch of all devices together.
    """
    texts = _WINDOW_BATCHES * batch_tokens // _MEAN_TOKENS
    return min(_MOST_IN_FLIGHT, max(4, texts // BATCH_MESSAGES))


class Worker:
    """Consumes one stream and publishes to the next.

    Each item is handed over in one atomic step, so a crash at any point only means that it is scored again.
    """

    def __init__(self, scorer: Scorer, consumer: Consumer, publisher: Publisher, *, batches: int) -> None:
        self._scorer = scorer
        self._consumer = consumer
        self._publisher = publisher
        self._slots = asyncio.Semaphore(batches)

    async def run(self, draining: asyncio.Event) -> None:
        """Work until `draining`; then finish what is in flight and release the rest."""
        async with self._consumer, asyncio.TaskGroup() as batches:
            stopper = batches.create_task(self._stop_when(draining))
            async for deliveries in self._consumer.batches():
                await self._slots.acquire()
                batch = batches.create_task(self._process(deliveries))
                batch.add_done_callback(lambda _: self._slots.release())
            stopper.cancel()

    async def _stop_when(self, draining: asyncio.Event) -> None:
        await draining.wait()
        self._consumer.stop()

    async def _process(self, deliveries: Sequence[Delivery]) -> None:
        try:
            with self._consumer.processing(deliveries):
                await self._score(deliveries)
        except StreamError as error:
            # Whatever was not handed over comes again, to this consumer or another.
            log.warning("batch.not_settled", items=len(deliveries), error=type(error).__name__)

    async def _score(self, deliveries: Sequence[Delivery]) -> None:
        readable: list[tuple[Delivery, FeedbackReceived]] = []
        for delivery in deliveries:
            if (feedback := _parse(delivery.message)) is not None:
                readable.append((delivery, feedback))
            else:
                metrics.ITEMS.labels("rejected").inc()
                await self._consumer.reject([delivery], "not a feedback.received.v1 event")
        outcomes = await self._scorer.scores([feedback.text for _, feedback in readable], Lane.STREAM)
        scored: list[tuple[Delivery, Message]] = []
        for (delivery, feedback), outcome in zip(readable, outcomes, strict=True):
            if isinstance(outcome, TextFailed):
                metrics.ITEMS.labels("failed").inc()
                await self._consumer.fail(delivery, outcome)
            else:
                message = _scored_message(delivery.message, feedback, outcome, self._scorer.model_version)
                scored.append((delivery, message))
        if scored:
            await self._hand_over(scored)

    async def _hand_over(self, scored: Sequence[tuple[Delivery, Message]]) -> None:
        started = time.monotonic()
        done = await self._consumer.hand_over(scored, self._publisher)
        metrics.PUBLISH_SECONDS.observe(time.monotonic() - started)
        metrics.ITEMS.labels("scored").inc(done)


def _parse(message: Message) -> FeedbackReceived | None:
    if message.type != FEEDBACK_RECEIVED:
        return None
    try:
        return FeedbackReceived.model_validate_json(message.body)
    except ValidationError:
        return None


def _scored_message(origin: Message, feedback: FeedbackReceived, score: Score, model_version: str) -> Message:
    event = FeedbackScored(
        **feedback.model_dump(exclude={"flags"}),
        flags=list(dict.fromkeys([*feedback.flags, *score.flags])),
        scored_at=datetime.now(UTC),
        sentiment=score.sentiment,
        probabilities=score.probabilities,
        score=score.score,
        confidence=score.confidence,
        emotion=score.emotion,
        aspects=score.aspects,
        model_version=model_version,
    )
    return Message(origin.id, FEEDBACK_SCORED, event.model_dump_json().encode(), origin.headers)
