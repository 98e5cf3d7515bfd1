"""Taking messages from a stream, as one of a group of consumers."""

import asyncio
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Self

import structlog

from pulso_streams.backoff import pause_after
from pulso_streams.claiming import Claiming
from pulso_streams.connection import SOCKET_TIMEOUT, Client
from pulso_streams.errors import GroupMissing, StreamUnavailable
from pulso_streams.groups import ensure_groups, forget_consumers
from pulso_streams.leases import Leases
from pulso_streams.message import Delivery, Entry, Held, Malformed, Message, describe_error
from pulso_streams.metrics import COMPLETED, DEAD, FAILED, GROUPS_RECREATED, LEASES_LOST, PUBLISHED
from pulso_streams.publisher import Publisher
from pulso_streams.reader import Reader
from pulso_streams.settling import Settling
from pulso_streams.stream import Stream
from pulso_streams.tracing import processing, sending

log = structlog.get_logger(__name__)

#: Seconds after which a consumer with nothing pending counts as gone for good.
FORGET_AFTER = 3600.0
#: Longest time that a clean end may take; a server that hangs must not hold up the process.
CLOSE_SECONDS = 8.0


class Consumer:
    """One consumer of a group: fetches batches and settles each delivery in one of five ways.

    A delivery is this consumer's until ``complete``, ``hand_over``, ``fail``, ``reject`` or ``release``, and
    must end in one of them. Its lease is renewed meanwhile, however long the work takes; when the process
    dies, others claim it after ``claim_idle``. Every message is delivered at least once, in no certain order.
    Fetch from one task; settle from any.

    Args:
        client: from ``connect``.
        stream: what to consume.
        group: shared by all consumers that divide the messages among them.
        name: unique to this consumer; made from host, process and chance when not given.
        batch_size: most deliveries in one fetch (at least one per shard).
        block: seconds that a fetch waits for something new.
        claim_idle: seconds without a sign of life after which a delivery is taken from its consumer.
        max_deliveries: after so many deliveries without success a message is moved to the dead letters.
        retry_delay: seconds until a failed message comes again, doubling up to ``claim_idle``.
    """

    def __init__(
        self,
        client: Client,
        stream: Stream,
        group: str,
        *,
        name: str | None = None,
        batch_size: int = 64,
        block: float = 1.0,
        claim_idle: float = 15.0,
        max_deliveries: int = 5,
        retry_delay: float = 1.0,
    ) -> None:
        if not 0 < block <= SOCKET_TIMEOUT / 2:
            raise ValueError(f"a blocking read lasts more than 0 and at most {SOCKET_TIMEOUT / 2} seconds")
        if batch_size < 1 or max_deliveries < 1 or claim_idle <= 0 or retry_delay < 0:
            raise ValueError("batch size, deliveries and idle time are positive")
        self.stream = stream
        self.group = group
        self.name = name or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self._client = client
        self._claim_idle = claim_idle
        self._max_deliveries = max_deliveries
        self._retry_delay = retry_delay
        self._leases = leases = Leases(client, stream, group, self.name, claim_idle)
        self._settling = Settling(client, stream, group, self.name, leases=leases, patience=claim_idle)
        count = max(1, batch_size // stream.shards)
        self._reader = Reader(client, stream, group, self.name, leases=leases, count=count, block=block)
        self._claiming = Claiming(
            client,
            stream,
            group,
            self.name,
            leases=leases,
            count=count,
            claim_idle=claim_idle,
            max_deliveries=max_deliveries,
        )
        self._keeper: asyncio.Task[None] | None = None
        self._groups_lost = 0
        self._labels = (stream.name, group)
        for counter in (FAILED, DEAD, LEASES_LOST, GROUPS_RECREATED):
            counter.labels(*self._labels)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    @property
    def seconds_since_contact(self) -> float:
        """Seconds since the server last answered this consumer: what a health check looks at."""
        return time.monotonic() - self._leases.last_contact

    @property
    def in_flight(self) -> int:
        """Deliveries that are not settled yet."""
        return len(self._leases)

    async def batches(self) -> AsyncIterator[list[Delivery]]:
        """Fetch until ``stop``, waiting out outages of the server; empty fetches are passed over.

        What a last fetch brings after ``stop`` is left to ``close``, which releases it.
        """
        failures = 0
        while not self._settling.hurried.is_set():
            try:
                deliveries = await self.fetch()
            except StreamUnavailable as error:
                failures += 1
                log.warning(
                    "stream.unavailable", stream=self.stream.name, reason=str(error), failures=failures
                )
                await asyncio.sleep(pause_after(failures))
                continue
            failures = 0
            if deliveries and not self._settling.hurried.is_set():
                yield deliveries

    async def fetch(self) -> list[Delivery]:
        """Take over what others left behind, or else wait for new messages; empty when there is neither.

        Cancelling it loses nothing: what had arrived comes again, or is released by ``close``.

        Raises:
            StreamUnavailable: the server is out of reach.
        """
        try:
            if self._keeper is None:
                await self._join()
            elif self._keeper.done():
                self._keeper.result()  # it never ends but by an error, and without it leases run out unseen
            deliveries = await self._understand(await self._claiming.claim() or await self._reader.read())
        except GroupMissing:
            await self._rejoin()
            return []
        self._groups_lost = 0
        self._leases.last_contact = time.monotonic()
        return deliveries

    def processing(self, deliveries: Sequence[Delivery]) -> AbstractContextManager[None]:
        """A span of a trace around the work on these, linked to where each of them came from."""
        return processing(self.stream, self.group, deliveries)

    async def complete(self, deliveries: Sequence[Delivery]) -> int:
        """Acknowledge and delete.

        Returns:
            How many were still to be done; the others had been finished by another consumer.

        Raises:
            StreamUnavailable: the server stayed out of reach for ``claim_idle``; the deliveries come again.
        """
        done = await self._settling.complete([(delivery, None) for delivery in deliveries], None)
        COMPLETED.labels(*self._labels).inc(done)
        return done

    async def hand_over(self, pairs: Sequence[tuple[Delivery, Message]], to: Publisher) -> int:
        """Complete each delivery and publish its result in the same atomic step, so exactly once.

        While the next stream is full this waits: the pressure travels back to whoever publishes first.

        Returns:
            How many were handed over; the others had been finished by another consumer.

        Raises:
            StreamFull: the next stream is full and ``stop`` was called; ``close`` releases the deliveries.
            StreamUnavailable: the server stayed out of reach for ``claim_idle``; the deliveries come again.
            ValueError: the streams have different numbers of shards.
        """
        if to.stream.shards != self.stream.shards:
            raise ValueError("streams that hand over to each other have equally many shards")
        with sending(to.stream, [message for _, message in pairs]) as traced:
            moves = [(delivery, message) for (delivery, _), message in zip(pairs, traced, strict=True)]
            done = await self._settling.complete(moves, to)
        COMPLETED.labels(*self._labels).inc(done)
        PUBLISHED.labels(to.stream.name).inc(done)
        return done

    async def fail(self, delivery: Delivery, error: BaseException | str) -> None:
        """Put back to be tried again later, or to the dead letters after the last attempt.

        Args:
            delivery: what could not be done.
            error: an exception, of which only the class is kept, or a short code that quotes nobody.

        Raises:
            StreamUnavailable: the server stayed out of reach for ``claim_idle``; the delivery comes again.
        """
        if delivery.attempt >= self._max_deliveries:
            await self.reject([delivery], error)
            return
        delay = min(self._claim_idle, self._retry_delay * 2 ** (delivery.attempt - 1))
        idle = self._claim_idle - delay
        failed = await self._settling.put_back([delivery], idle=idle, error=describe_error(error))
        FAILED.labels(*self._labels).inc(failed)

    async def reject(self, deliveries: Sequence[Delivery], error: BaseException | str) -> None:
        """Move to the dead letters at once, since trying again would not help; errors as for ``fail``."""
        await self._bury(deliveries, describe_error(error))

    async def release(self, deliveries: Sequence[Held]) -> None:
        """Leave to other consumers at once, as if never delivered.

        Raises:
            StreamUnavailable: the server is out of reach; the deliveries come again after ``claim_idle``.
        """
        await self._settling.put_back(deliveries, idle=self._claim_idle, forgive=True)

    def stop(self) -> None:
        """Fetch no more and wait for nothing: ``batches`` ends; what is in flight should be settled now."""
        self._settling.hurried.set()

    async def close(self) -> None:
        """Release what is not settled and leave the group; when the server is gone, others claim it later."""
        self.stop()
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await self._reader.finish()
                await self.release(self._leases.held())
                await forget_consumers(
                    self._client, self.stream, self.group, name=self.name, idle=FORGET_AFTER
                )
        except (StreamUnavailable, TimeoutError) as error:
            log.warning("consumer.not_released", stream=self.stream.name, reason=type(error).__name__)
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.gather(self._keeper, return_exceptions=True)
            self._keeper = None

    async def _join(self) -> None:
        await ensure_groups(self._client, self.stream, self.group)
        # Names pile up only by consumers that start, so tidying at each start keeps them few.
        await forget_consumers(self._client, self.stream, self.group, name=self.name, idle=FORGET_AFTER)
        self._keeper = asyncio.create_task(self._leases.keep())

    async def _rejoin(self) -> None:
        # The first loss is repaired at once. A group that keeps vanishing must not become a busy loop.
        if self._groups_lost:
            await asyncio.sleep(pause_after(self._groups_lost))
        self._groups_lost += 1
        made = await ensure_groups(self._client, self.stream, self.group)
        GROUPS_RECREATED.labels(*self._labels).inc(made)
        log.error("group.recreated", stream=self.stream.name, group=self.group, shards=made)

    async def _understand(self, entries: list[Entry]) -> list[Delivery]:
        """Decode; what cannot be decoded goes to the dead letters."""
        deliveries, malformed = [], []
        for entry in entries:
            try:
                message = Message.decoded(entry.fields)
            except Malformed:
                malformed.append(entry)
            else:
                deliveries.append(Delivery(message, entry.shard, entry.entry, entry.attempt))
        if malformed:
            try:
                await self._bury(malformed, "malformed entry")
            except StreamUnavailable as error:
                log.warning("stream.unavailable", stream=self.stream.name, reason=str(error))
        return deliveries

    async def _bury(self, held: Sequence[Held], error: str) -> None:
        buried = await self._settling.bury(held, error)
        DEAD.labels(*self._labels).inc(buried)
        log.error("message.dead", stream=self.stream.name, count=buried, error=error)
