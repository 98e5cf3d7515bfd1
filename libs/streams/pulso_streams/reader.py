"""Reading new entries so that neither a cancellation nor a slow shard loses one."""

import asyncio

from pulso_streams.connection import Client
from pulso_streams.errors import server_call
from pulso_streams.leases import Leases
from pulso_streams.message import Entry
from pulso_streams.metrics import FETCHED
from pulso_streams.stream import Stream


class Reader:
    """Blocking reads of all shards: one call on one server, one call per shard on a cluster.

    A read is never cancelled, since the server may have answered it already; its entries would then wait for
    somebody to claim them. It goes on beside its caller, and the next ``read`` gets what it brought.

    Args:
        client: from ``connect``.
        stream: what to read.
        group: as which group.
        consumer: as which consumer.
        leases: gets each entry at once when it is there, even while nobody waits for it.
        count: most entries per shard and read.
        block: seconds to wait on the server for something new.
    """

    def __init__(
        self,
        client: Client,
        stream: Stream,
        group: str,
        consumer: str,
        *,
        leases: Leases,
        count: int,
        block: float,
    ) -> None:
        self._client = client
        self._stream = stream
        self._head = (
            "XREADGROUP",
            "GROUP",
            group,
            consumer,
            "COUNT",
            count,
            "BLOCK",
            max(1, int(block * 1000)),
        )
        self._leases = leases
        self._fetched = FETCHED.labels(stream.name, group)
        self._parts = stream.neighbourhoods(client)
        self._reads: dict[int, asyncio.Task[list[Entry]]] = {}

    async def read(self) -> list[Entry]:
        """Wait until a shard has something new, or for the blocking time.

        Raises:
            StreamUnavailable: no shard brought anything and at least one read failed.
            GroupMissing: likewise, for want of the group.
        """
        for index, part in enumerate(self._parts):
            if index not in self._reads:
                self._reads[index] = asyncio.create_task(self._read_part(part))
        await asyncio.wait(self._reads.values(), return_when=asyncio.FIRST_COMPLETED)
        return self._collect()

    async def finish(self) -> None:
        """Wait for reads under way; their entries are in the leases, and errors no longer matter."""
        await asyncio.gather(*self._reads.values(), return_exceptions=True)
        self._reads.clear()

    def _collect(self) -> list[Entry]:
        finished = [index for index, task in self._reads.items() if task.done()]
        tasks = [self._reads.pop(index) for index in finished]
        failures = [failure for task in tasks if (failure := task.exception()) is not None]
        entries = [entry for task in tasks if task.exception() is None for entry in task.result()]
        if failures and not entries:
            raise failures[0]
        return entries

    async def _read_part(self, part: list[int]) -> list[Entry]:
        shards = {self._stream.key(shard).encode(): shard for shard in part}
        with server_call():
            answer = await self._client.execute_command(
                *self._head, "STREAMS", *shards, *(">" for _ in shards)
            )
        entries = [
            Entry(shards[key], entry.decode(), 1, fields)
            for key, found in answer or ()
            for entry, fields in found
        ]
        self._leases.hold(entries)
        self._fetched.inc(len(entries))
        return entries
