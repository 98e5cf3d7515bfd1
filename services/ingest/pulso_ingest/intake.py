"""The way of items from a request or file into the stream."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from pulso_contracts.events import FEEDBACK_RECEIVED, REQUEST_ID_HEADER
from pulso_contracts.feedback import FeedbackIn, FieldError
from pulso_kit.context import request_id
from pulso_streams import Message, Publisher, PublishStatus

from pulso_ingest.domain.receiving import Received, receive
from pulso_ingest.metrics import PUBLISH_SECONDS, count_published, count_rejected

Raw = TypeVar("Raw")
Prepared = Received | list[FieldError]
Outcome = tuple[Received, PublishStatus] | list[FieldError]
"""What became of one item: in the stream, or rejected with its errors."""


class Intake:
    """Prepares items and publishes them, all that are valid or none."""

    def __init__(self, publisher: Publisher, customer_key: bytes) -> None:
        self._publisher = publisher
        self._key = customer_key

    def prepare(self, item: FeedbackIn | list[FieldError], at: datetime) -> Prepared:
        """Cleans one item; about 50 µs, so many of them belong in a thread."""
        if isinstance(item, list):
            return item
        received = receive(item, key=self._key, at=at)
        return [received] if isinstance(received, FieldError) else received

    async def take(
        self, raw: Sequence[Raw], read: Callable[[Raw], FeedbackIn | list[FieldError]]
    ) -> list[Outcome]:
        """Reads, cleans and publishes `raw`; one outcome each, in order.

        Raises:
            StreamFull, StreamUnavailable: Nothing was accepted (on a cluster: in the shards that failed), and
                the same items may be sent again.
        """
        await self._publisher.ensure_capacity(len(raw))
        at = datetime.now(UTC)
        return await self.publish(
            await asyncio.to_thread(lambda: [self.prepare(read(value), at) for value in raw])
        )

    async def publish(self, prepared: Sequence[Prepared]) -> list[Outcome]:
        """Publishes what `prepare` made; errors as in `take`."""
        headers = {} if (current := request_id.get()) is None else {REQUEST_ID_HEADER: current}
        good = [item for item in prepared if isinstance(item, Received)]
        messages = [
            Message(item.event.id, FEEDBACK_RECEIVED, item.event.model_dump_json().encode(), headers)
            for item in good
        ]
        statuses: list[PublishStatus] = []
        if messages:
            with PUBLISH_SECONDS.time():
                statuses = await self._publisher.publish_many(messages)
        outcomes: list[Outcome] = []
        remaining = iter(statuses)
        for item in prepared:
            if isinstance(item, Received):
                status = next(remaining)
                count_published(item, status)
                outcomes.append((item, status))
            else:
                count_rejected(item)
                outcomes.append(item)
        return outcomes
