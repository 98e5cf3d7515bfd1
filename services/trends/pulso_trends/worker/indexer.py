"""Indexing: fetch a batch, store it in one transaction, acknowledge it.

Whatever dies in between, nothing is lost and nothing counts twice: a batch that was stored but not
acknowledged comes again, and the store knows its items.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Final

import structlog
from pulso_contracts.events import REQUEST_ID_HEADER, FeedbackScored
from pulso_kit.context import request_id
from pulso_kit.health import Heartbeat
from pulso_streams import Consumer, Delivery, StreamUnavailable
from pulso_streams.backoff import pause_after

from pulso_trends.domain.events import Unusable, read_event
from pulso_trends.errors import StoreUnavailable, Unstorable
from pulso_trends.metrics import BATCH_SECONDS, DUPLICATES, REJECTED, RETRIES, count_indexed
from pulso_trends.store.indexing import Outcome
from pulso_trends.waiting import first_of

log = structlog.get_logger(__name__)

Store = Callable[[Sequence[FeedbackScored]], Awaitable[Outcome]]
"""Stores events in one transaction and tells what became of them: `index` of pulso_trends.store.indexing."""
TOO_OLD: Final = "older than what is kept"


class Indexer:
    """Moves what a consumer fetches into a store until it is told to stop."""

    def __init__(
        self, consumer: Consumer, store: Store, *, heartbeat: Heartbeat, indexed: Callable[[], object]
    ) -> None:
        """Nothing is fetched yet.

        Args:
            consumer: Of the scored stream; `run` closes it.
            store: Where items go.
            heartbeat: Beaten on each turn, also while the database is out of reach.
            indexed: Called after each batch that brought something new.
        """
        self._consumer = consumer
        self._store = store
        self._heartbeat = heartbeat
        self._indexed = indexed

    async def run(self, draining: asyncio.Event) -> None:
        """Indexes until `draining` is set; closing the consumer leaves to others what is unfinished then."""
        failures = 0
        async with self._consumer:
            while not draining.is_set():
                self._heartbeat.beat()
                try:
                    await self._take_batch(draining)
                    failures = 0
                except StreamUnavailable as error:
                    failures += 1
                    log.warning("stream.unavailable", reason=str(error), failures=failures)
                    await first_of(draining, seconds=pause_after(failures))

    async def _take_batch(self, draining: asyncio.Event) -> None:
        deliveries = await self._consumer.fetch()
        try:
            with self._consumer.processing(deliveries):
                await self._settle(deliveries, draining)
        except StreamUnavailable:
            # Some may be unsettled yet, and would stay this consumer's for as long as it lives.
            await self._consumer.release(deliveries)
            raise

    async def _settle(self, deliveries: Sequence[Delivery], draining: asyncio.Event) -> None:
        usable: list[tuple[Delivery, FeedbackScored]] = []
        for delivery in deliveries:
            try:
                usable.append((delivery, read_event(delivery.message.type, delivery.message.body)))
            except Unusable as error:
                await self._reject(delivery, error.code)
        if usable:
            await self._index(usable, draining)

    async def _index(self, batch: Sequence[tuple[Delivery, FeedbackScored]], draining: asyncio.Event) -> None:
        """Stores and completes the batch, waiting for the database; on shutdown it waits no longer."""
        failures = 0
        while not (failures and draining.is_set()):
            self._heartbeat.beat()
            try:
                started = time.perf_counter()
                outcome = await self._store([event for _, event in batch])
            except StoreUnavailable as error:
                failures += 1
                RETRIES.inc()
                log.warning("store.unavailable", reason=str(error), failures=failures)
                await first_of(draining, seconds=pause_after(failures))
            except Unstorable as error:
                await self._index_apart(batch, error, draining)
                return
            else:
                BATCH_SECONDS.observe(time.perf_counter() - started)
                self._count(batch, outcome)
                await self._consumer.complete([delivery for delivery, _ in batch])
                return

    async def _index_apart(
        self, batch: Sequence[tuple[Delivery, FeedbackScored]], error: Unstorable, draining: asyncio.Event
    ) -> None:
        """Halves a refused batch until what the database refuses stands alone; the rest is stored."""
        if len(batch) == 1:
            await self._reject(batch[0][0], f"unstorable: {error}")
            return
        middle = len(batch) // 2
        await self._index(batch[:middle], draining)
        await self._index(batch[middle:], draining)

    async def _reject(self, delivery: Delivery, reason: str) -> None:
        token = request_id.set(delivery.message.headers.get(REQUEST_ID_HEADER))
        try:
            log.error("event.rejected", id=delivery.message.id, reason=reason)
        finally:
            request_id.reset(token)
        REJECTED.labels(reason.partition(":")[0]).inc()
        await self._consumer.reject([delivery], reason)

    def _count(self, batch: Sequence[object], outcome: Outcome) -> None:
        new, too_old = outcome
        DUPLICATES.inc(len(batch) - len(new) - len(too_old))
        if too_old:
            # Not to the dead letters: a text that is too old to be kept is not kept there either.
            REJECTED.labels(TOO_OLD).inc(len(too_old))
            log.warning("events.rejected", items=len(too_old), reason=TOO_OLD)
        now = datetime.now(UTC)
        for event in new:
            count_indexed(event, now)
        if new:
            self._indexed()
