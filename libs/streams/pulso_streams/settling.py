"""Ending a delivery: done, moved on, put back or buried. Each of these is one atomic step per shard."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeAlias

from pulso_streams.backoff import pause_after
from pulso_streams.connection import Client
from pulso_streams.errors import GroupMissing, StreamFull, StreamUnavailable
from pulso_streams.leases import Leases
from pulso_streams.message import Delivery, Held, Message, group_by_shard
from pulso_streams.publisher import Publisher
from pulso_streams.scripts import BURY, COMPLETE, PUT_BACK
from pulso_streams.stream import Stream

#: The consumer that holds what was put back. It does not exist: its entries are there for anybody to claim.
NOBODY = "nobody"

_Settle: TypeAlias = Callable[[int, list[str]], Awaitable[int]]


class Settling:
    """How the deliveries of one consumer end.

    The work is done and only its end is missing, so an outage of the server is waited out for ``patience``
    seconds: as long as the lease could hold. After that the delivery is given up and comes again. While the
    next stream is full, waiting has no end: the pressure goes back to whoever publishes first.

    Attributes:
        hurried: set to wait for nothing any more.
    """

    def __init__(
        self, client: Client, stream: Stream, group: str, consumer: str, *, leases: Leases, patience: float
    ) -> None:
        self._client = client
        self._stream = stream
        self._group = group
        self._consumer = consumer
        self._leases = leases
        self._patience = patience
        self.hurried = asyncio.Event()

    async def complete(self, pairs: Sequence[tuple[Delivery, Message | None]], to: Publisher | None) -> int:
        """Acknowledge and delete; with ``to``, publish the message of each pair there in the same step."""
        messages = {(delivery.shard, delivery.entry): message for delivery, message in pairs}

        async def complete_shard(shard: int, entries: list[str]) -> int:
            keys = [self._stream.key(shard), self._stream.errors_key(shard)]
            args: list[str | bytes | int] = [self._group, to.shard_limit if to else 0]
            if to:
                keys.append(to.stream.key(shard))
            for entry in entries:
                message = messages[shard, entry]
                args += (entry, *(message.encoded() if message else ()))
            done = int(await COMPLETE(self._client, keys, args))
            if to and done < 0:
                raise StreamFull(to.stream.name)
            return done

        return await self._each_shard((delivery for delivery, _ in pairs), complete_shard)

    async def put_back(
        self, held: Iterable[Held], *, idle: float, forgive: bool = False, error: str = ""
    ) -> int:
        """Leave to whoever claims first, as if idle for so many seconds; forgiven deliveries do not count."""

        async def put_back_shard(shard: int, entries: list[str]) -> int:
            keys = [self._stream.key(shard), self._stream.errors_key(shard)]
            how = (self._group, self._consumer, NOBODY, int(idle * 1000), int(forgive), error)
            return int(await PUT_BACK(self._client, keys, (*how, *entries)))

        return await self._each_shard(held, put_back_shard)

    async def bury(self, held: Iterable[Held], error: str) -> int:
        """Move to the dead letters."""

        async def bury_shard(shard: int, entries: list[str]) -> int:
            keys = [self._stream.key(shard), self._stream.dead_key(shard), self._stream.errors_key(shard)]
            return int(await BURY(self._client, keys, [self._group, self._consumer, error, *entries]))

        return await self._each_shard(held, bury_shard)

    async def _each_shard(self, held: Iterable[Held], settle: _Settle) -> int:
        shards = group_by_shard(held)
        calls = (self._settle_shard(shard, entries, settle) for shard, entries in shards.items())
        results = await asyncio.gather(*calls, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return sum(result for result in results if isinstance(result, int))

    async def _settle_shard(self, shard: int, entries: list[str], settle: _Settle) -> int:
        tries, outage_began = 0, None
        while True:
            try:
                settled = await settle(shard, entries)
            except StreamFull:
                if self.hurried.is_set():
                    raise
                outage_began = None
            except StreamUnavailable:
                outage_began = outage_began or time.monotonic()
                if self.hurried.is_set() or time.monotonic() - outage_began > self._patience:
                    self._leases.drop(shard, entries)
                    raise
            except GroupMissing:
                self._leases.drop(shard, entries)
                return 0  # the server lost its data, these entries with it
            else:
                self._leases.drop(shard, entries)
                return settled
            tries += 1
            await asyncio.sleep(pause_after(tries))
