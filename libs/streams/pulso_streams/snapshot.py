"""All data of a server at one moment, written by itself into its own folder."""

import asyncio
import time
from typing import Final

from redis.exceptions import ResponseError

from pulso_streams.connection import Client
from pulso_streams.errors import StreamUnavailable, server_call

_POLL_SECONDS: Final = 0.05
_BUSY_SECONDS: Final = 600.0
"""How long another snapshot, or a rewrite of the append-only file, is waited for."""


async def write_snapshot(client: Client) -> None:
    """Returns when a new `dump.rdb` is written; the server serves meanwhile (`BGSAVE`).

    Raises:
        StreamUnavailable: The server is away, or could not write it.
    """
    await _begin(client)
    while True:
        with server_call():
            state = await client.info("persistence")
        if not state["rdb_bgsave_in_progress"]:
            break
        await asyncio.sleep(_POLL_SECONDS)
    if state["rdb_last_bgsave_status"] != "ok":
        raise StreamUnavailable("its snapshot could not be written; its log tells why")


async def _begin(client: Client) -> None:
    deadline = time.monotonic() + _BUSY_SECONDS
    while True:
        try:
            with server_call():
                await client.execute_command("BGSAVE")
        except ResponseError as error:  # there is a child at work already
            if time.monotonic() > deadline:
                raise StreamUnavailable("it is busy with another snapshot") from error
            await asyncio.sleep(_POLL_SECONDS)
        else:
            return
