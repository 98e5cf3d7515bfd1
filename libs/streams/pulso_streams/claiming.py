"""Taking over what other consumers left behind."""

import time

import structlog

from pulso_streams.connection import Client
from pulso_streams.leases import Leases
from pulso_streams.message import Entry
from pulso_streams.metrics import CLAIMED, DEAD
from pulso_streams.scripts import CLAIM
from pulso_streams.stream import Stream

log = structlog.get_logger(__name__)

#: From this delivery on an entry comes alone: two consumers died with it, so it may be what killed them.
ALONE_FROM = 3
#: Longest pause between two looks for abandoned entries, in seconds.
LONGEST_SWEEP = 1.0


class Claiming:
    """Looks through the shards in turn for entries without a sign of life; buries those past the cap."""

    def __init__(
        self,
        client: Client,
        stream: Stream,
        group: str,
        consumer: str,
        *,
        leases: Leases,
        count: int,
        claim_idle: float,
        max_deliveries: int,
    ) -> None:
        self._client = client
        self._stream = stream
        self._group = group
        self._leases = leases
        self._args = (group, consumer, int(claim_idle * 1000), count, max_deliveries, ALONE_FROM)
        self._pause = min(LONGEST_SWEEP, claim_idle / 4)
        self._next_sweep = 0.0
        self._turn = 0

    async def claim(self) -> list[Entry]:
        """The abandoned entries of one shard; empty when there are none or the last look was a moment ago."""
        if time.monotonic() < self._next_sweep:
            return []
        for _ in range(self._stream.shards):
            shard, self._turn = self._turn, (self._turn + 1) % self._stream.shards
            if entries := await self._claim_from(shard):
                return entries
        self._next_sweep = time.monotonic() + self._pause
        return []

    async def _claim_from(self, shard: int) -> list[Entry]:
        keys = [self._stream.key(shard), self._stream.dead_key(shard), self._stream.errors_key(shard)]
        buried, taken = await CLAIM(self._client, keys, self._args)
        if buried:
            DEAD.labels(self._stream.name, self._group).inc(buried)
            log.error("message.dead", stream=self._stream.name, shard=shard, count=buried)
        entries = [
            Entry(shard, entry.decode(), attempt, dict(zip(flat[::2], flat[1::2], strict=True)))
            for entry, attempt, flat in taken
        ]
        self._leases.hold(entries)
        CLAIMED.labels(self._stream.name, self._group).inc(len(entries))
        return entries
