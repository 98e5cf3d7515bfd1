"""The entries that a consumer works on, and the sign of life that keeps others from taking them."""

import asyncio
import time
from collections.abc import Iterable

import structlog

from pulso_streams.connection import Client
from pulso_streams.errors import GroupMissing, StreamUnavailable
from pulso_streams.message import Held, group_by_shard
from pulso_streams.metrics import LEASES_LOST
from pulso_streams.scripts import RENEW
from pulso_streams.stream import Stream

log = structlog.get_logger(__name__)


class Leases:
    """Renews what is held, three times within the idle time after which others may claim it.

    So that idle time says how soon the work of a dead consumer is taken over, not how long work may take.

    Attributes:
        last_contact: when the server last answered, on the monotonic clock.
    """

    def __init__(self, client: Client, stream: Stream, group: str, consumer: str, claim_idle: float) -> None:
        self._client = client
        self._stream = stream
        self._group = group
        self._consumer = consumer
        self._interval = claim_idle / 3
        self.last_contact = time.monotonic()
        self._held: dict[tuple[int, str], Held] = {}

    def __len__(self) -> int:
        return len(self._held)

    def hold(self, entries: Iterable[Held]) -> None:
        """Renew these from now on."""
        self._held.update(((each.shard, each.entry), each) for each in entries)

    def drop(self, shard: int, entries: Iterable[str]) -> None:
        """Stop renewing these."""
        for entry in entries:
            self._held.pop((shard, entry), None)

    def held(self) -> list[Held]:
        """All that is renewed now."""
        return list(self._held.values())

    async def keep(self) -> None:
        """Renew for ever."""
        while True:
            await asyncio.sleep(self._interval)
            for shard, entries in group_by_shard(self.held()).items():
                try:
                    await self._renew(shard, entries)
                except StreamUnavailable as error:
                    log.warning("lease.not_renewed", stream=self._stream.name, shard=shard, reason=str(error))

    async def _renew(self, shard: int, entries: list[str]) -> None:
        try:
            answer = await RENEW(
                self._client, [self._stream.key(shard)], [self._group, self._consumer, *entries]
            )
            gone = [entry.decode() for entry in answer]
            self.last_contact = time.monotonic()
        except GroupMissing:
            gone = entries
        # What was settled while the answer was on its way is not lost: it is held no longer.
        lost = [entry for entry in gone if (shard, entry) in self._held]
        if lost:
            self.drop(shard, lost)
            LEASES_LOST.labels(self._stream.name, self._group).inc(len(lost))
            log.warning("lease.lost", stream=self._stream.name, shard=shard, count=len(lost))
