"""Values that are worth keeping for a while, but never worth waiting for."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from redis.exceptions import RedisError

from pulso_streams.connection import Client
from pulso_streams.errors import StreamUnavailable, server_call


class SharedCache:
    """Small values that several processes share on the Redis server, kept for a while.

    Losing them loses nothing. Safe to share between tasks.

    Args:
        client: from ``connect``.
        prefix: the first part of every key, such as ``answers``.
        keep_seconds: how long a value is kept after it was last written.
        patience: seconds that a caller waits at most.
    """

    def __init__(self, client: Client, prefix: str, *, keep_seconds: int, patience: float = 0.05) -> None:
        if keep_seconds < 1 or patience <= 0:
            raise ValueError("values are kept for at least one second and waited for at least a moment")
        self._client = client
        self._prefix = prefix
        self._keep_seconds = keep_seconds
        self._patience = patience
        self._calls: set[asyncio.Task[list[Any]]] = set()

    async def find(self, keys: Sequence[bytes]) -> list[bytes | None]:
        """Look values up in one round trip.

        Returns:
            One per key, in order; None for what is not there.

        Raises:
            StreamUnavailable: the server is out of reach, too slow, or refuses.
        """
        pipeline = self._client.pipeline(transaction=False)
        for key in keys:
            pipeline.get(self._name(key))
        return await self._answers(pipeline)

    async def keep(self, values: Mapping[bytes, bytes]) -> None:
        """Write values in one round trip; errors as for ``find``, after which some may be written."""
        pipeline = self._client.pipeline(transaction=False)
        for key, value in values.items():
            pipeline.set(self._name(key), value, ex=self._keep_seconds)
        await self._answers(pipeline)

    def _name(self, key: bytes) -> str:
        return f"{self._prefix}:{key.hex()}"

    async def _answers(self, pipeline: Any) -> list[Any]:
        """Wait for the answers no longer than ``patience``.

        In a task of its own, because redis-py on Python 3.11 can swallow a cancellation
        (python/cpython#86296): ``asyncio.timeout`` around the call could then wait for ever. A late call is
        not cancelled but ends within the client's own timeouts: cancelled, it would take its connection with
        it, and a server that is merely slow to connect to would never be reached; and a cluster client that
        is cancelled while it gets to know the cluster closes the connections of all its users.
        """
        call = asyncio.create_task(_execute(pipeline))
        self._calls.add(call)
        call.add_done_callback(self._ended)
        await asyncio.wait({call}, timeout=self._patience)
        if not call.done():
            raise StreamUnavailable("too slow")
        return call.result()

    def _ended(self, call: asyncio.Task[list[Any]]) -> None:
        self._calls.discard(call)
        if not call.cancelled():
            call.exception()  # looked at, so that asyncio does not report that of a late call


async def _execute(pipeline: Any) -> list[Any]:
    try:
        with server_call():
            answers: list[Any] = await pipeline.execute()
    except (RedisError, AttributeError) as error:
        # Whatever a server refuses (NOPERM, say), nobody may fail for want of a cache. AttributeError is what
        # a pipeline on a cluster raises when its connection is closed while it is opened: see connection.py.
        raise StreamUnavailable(type(error).__name__) from error
    return answers
