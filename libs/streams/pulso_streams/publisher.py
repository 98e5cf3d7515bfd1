"""Putting messages into a stream."""

import asyncio
import secrets
from collections.abc import Sequence
from enum import StrEnum

from pulso_streams.connection import Client
from pulso_streams.errors import StreamFull, StreamUnavailable, server_call
from pulso_streams.message import Message
from pulso_streams.metrics import DUPLICATES, PUBLISHED, REFUSED
from pulso_streams.scripts import PUBLISH
from pulso_streams.stream import Stream
from pulso_streams.tracing import sending


class PublishStatus(StrEnum):
    """What became of a message: both mean that it is kept."""

    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"


class Publisher:
    """Publishes to one stream of bounded length; safe to share between tasks.

    Args:
        client: from ``connect``.
        stream: where to.
        max_length: most entries in the whole stream; the limit holds per shard, at its equal part. Nothing is
            ever trimmed: a full stream refuses.
        dedup_ttl: seconds for which the id of a message is remembered, at about 130 bytes each.
    """

    def __init__(
        self, client: Client, stream: Stream, *, max_length: int = 1_000_000, dedup_ttl: float = 3600.0
    ) -> None:
        if max_length < stream.shards or dedup_ttl <= 0:
            raise ValueError("a stream holds at least one entry per shard and remembers ids for some time")
        self.stream = stream
        self.shard_limit = -(-max_length // stream.shards)
        self._client = client
        self._ttl_ms = max(1, int(dedup_ttl * 1000))
        for reason in ("full", "unavailable"):
            REFUSED.labels(stream.name, reason)

    async def publish(self, message: Message) -> PublishStatus:
        """Publish one message; errors as in ``publish_many``."""
        return (await self.publish_many([message]))[0]

    async def publish_many(self, messages: Sequence[Message]) -> list[PublishStatus]:
        """Publish a batch and say of each message whether it was new.

        On one server (or behind Sentinel) the batch is accepted whole or not at all. On a cluster that holds
        for each shard; what was accepted before an error is a duplicate when the batch is tried again.

        Raises:
            StreamFull: the batch does not fit now.
            StreamUnavailable: the server is out of reach or cannot write; trying again is safe.
            ValueError: the batch could never fit.
        """
        with sending(self.stream, messages) as traced:
            return await self._publish_many(traced)

    async def ensure_capacity(self, count: int = 1) -> None:
        """Refuse early, before any work on ``count`` messages is done.

        Publishing checks again: this is the cheap first look.

        Raises:
            StreamFull: so many messages do not fit now.
            StreamUnavailable: the server is out of reach.
        """
        pipeline = self._client.pipeline(transaction=False)
        for shard in range(self.stream.shards):
            pipeline.xlen(self.stream.key(shard))
        with server_call():
            lengths = await pipeline.execute()
        if max(lengths) + -(-count // self.stream.shards) > self.shard_limit:
            REFUSED.labels(self.stream.name, "full").inc(count)
            raise StreamFull(self.stream.name)

    async def _publish_many(self, messages: Sequence[Message]) -> list[PublishStatus]:
        first: dict[str, Message] = {}
        for message in messages:
            first.setdefault(message.id, message)
        shards: dict[int, list[Message]] = {}
        for message in first.values():
            shards.setdefault(self.stream.shard_of(message.id), []).append(message)
        if max(map(len, shards.values()), default=0) > self.shard_limit:
            raise ValueError(f"a batch of {len(first)} messages never fits the stream {self.stream.name!r}")

        try:
            new = await self._publish_shards(shards)
        except (StreamFull, StreamUnavailable) as error:
            reason = "full" if isinstance(error, StreamFull) else "unavailable"
            REFUSED.labels(self.stream.name, reason).inc(len(messages))
            raise
        PUBLISHED.labels(self.stream.name).inc(len(new))
        DUPLICATES.labels(self.stream.name).inc(len(messages) - len(new))
        statuses = []
        for message in messages:
            statuses.append(PublishStatus.ACCEPTED if message.id in new else PublishStatus.DUPLICATE)
            new.discard(message.id)  # of several equal ids in one batch only the first is new
        return statuses

    async def _publish_shards(self, shards: dict[int, list[Message]]) -> set[str]:
        """Publish each neighbourhood of shards in one script; returns the ids that were new."""
        # The client repeats a call whose connection broke: by the token the repeat knows its own first try.
        token = secrets.token_bytes(8)
        neighbourhoods = [
            [shard for shard in neighbourhood if shard in shards]
            for neighbourhood in self.stream.neighbourhoods(self._client)
        ]
        results = await asyncio.gather(
            *(self._publish_together(token, part, shards) for part in neighbourhoods if part),
            return_exceptions=True,
        )
        new: set[str] = set()
        for result in results:
            if isinstance(result, BaseException):
                raise result
            new.update(result)
        return new

    async def _publish_together(
        self, token: bytes, part: list[int], shards: dict[int, list[Message]]
    ) -> list[str]:
        messages = [(index, message) for index, shard in enumerate(part, 1) for message in shards[shard]]
        keys = [self.stream.key(shard) for shard in part] + [
            self.stream.seen_key(message.id) for _, message in messages
        ]
        args: list[str | bytes | int] = [len(part), token, self._ttl_ms, self.shard_limit]
        for index, message in messages:
            args += (index, *message.encoded())
        fits, *added = await PUBLISH(self._client, keys, args)
        if not fits:
            raise StreamFull(self.stream.name)
        return [message.id for (_, message), new in zip(messages, added, strict=True) if new]
