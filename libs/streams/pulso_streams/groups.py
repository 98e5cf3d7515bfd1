"""Consumer groups: one per stream, the same name on every shard."""

import asyncio

from pulso_streams.connection import Client
from pulso_streams.errors import GroupMissing
from pulso_streams.scripts import FORGET, JOIN
from pulso_streams.stream import Stream


async def ensure_groups(client: Client, stream: Stream, group: str) -> int:
    """Make the group on every shard that has none, reading from the first entry on.

    Acknowledged entries are deleted, so whatever a shard holds is still to be done: the beginning is always
    the right place to start.

    Returns:
        How many shards had no group.
    """
    calls = (JOIN(client, [stream.key(shard)], [group]) for shard in range(stream.shards))
    return sum(await asyncio.gather(*calls))


async def forget_consumers(client: Client, stream: Stream, group: str, *, name: str, idle: float) -> None:
    """Remove the consumer ``name`` and those idle for ``idle`` seconds, where nothing is pending for them."""
    args = (group, name, int(idle * 1000))
    calls = (FORGET(client, [stream.key(shard)], args) for shard in range(stream.shards))
    for result in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, GroupMissing):
            raise result
