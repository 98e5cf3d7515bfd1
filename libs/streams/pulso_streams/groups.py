"""Consumer groups: one per stream, the same name on every shard."""

import asyncio

from redis.exceptions import ResponseError

from pulso_streams.connection import Client
from pulso_streams.errors import GroupMissing, stream_errors
from pulso_streams.scripts import FORGET
from pulso_streams.stream import Stream


async def ensure_groups(client: Client, stream: Stream, group: str) -> int:
    """Make the group on every shard that has none, reading from the first entry on.

    Acknowledged entries are deleted, so whatever a shard holds is work still to be done: the right place to start is
    always the beginning.

    Returns:
        How many shards had no group.
    """
    made = await asyncio.gather(
        *(_ensure_group(client, stream.key(shard), group) for shard in range(stream.shards))
    )
    return sum(made)


async def forget_consumers(client: Client, stream: Stream, group: str, *, name: str, idle: float) -> None:
    """Remove the consumer ``name`` and all that were idle for ``idle`` seconds, where nothing is pending for them."""
    calls = (
        FORGET(client, [stream.key(shard)], [group, name, int(idle * 1000)]) for shard in range(stream.shards)
    )
    for result in await asyncio.gather(*calls, return_exceptions=True):
        if isinstance(result, BaseException) and not isinstance(result, GroupMissing):
            raise result


async def _ensure_group(client: Client, key: str, group: str) -> bool:
    with stream_errors():
        try:
            await client.execute_command("XGROUP CREATE", key, group, "0", "MKSTREAM")
        except ResponseError as error:
            if str(error).startswith("BUSYGROUP"):
                return False
            raise
    return True
