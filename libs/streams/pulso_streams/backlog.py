"""How much work waits in a stream: the figure to scale and to alert on."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import structlog
from redis.exceptions import ResponseError

from pulso_streams.connection import Client
from pulso_streams.errors import StreamUnavailable, server_call
from pulso_streams.metrics import BACKLOG_DEAD, BACKLOG_LAG, BACKLOG_LENGTH, BACKLOG_PENDING, OLDEST_AGE
from pulso_streams.stream import Stream

log = structlog.get_logger(__name__)
_PER_SHARD = 4


@dataclass(frozen=True, slots=True)
class Backlog:
    """What lies in a stream, over all shards.

    Attributes:
        length: entries not done yet. Done entries are deleted, so this is pending and waiting together.
        pending: delivered, not settled.
        lag: never delivered; None when the server cannot tell.
        oldest_age_seconds: how long the oldest entry has waited; 0 when there is none.
        dead: dead letters.
    """

    length: int
    pending: int
    lag: int | None
    oldest_age_seconds: float
    dead: int


async def backlog(client: Client, stream: Stream, group: str) -> Backlog:
    """Ask the server for the backlog.

    Raises:
        StreamUnavailable: it did not answer.
    """
    pipeline = client.pipeline(transaction=False)
    for shard in range(stream.shards):
        pipeline.xlen(stream.key(shard))
        pipeline.xlen(stream.dead_key(shard))
        pipeline.xrange(stream.key(shard), count=1)
        pipeline.xinfo_groups(stream.key(shard))
    with server_call():
        answers: list[Any] = await pipeline.execute(raise_on_error=False)
        for answer in answers:
            # A stream that nobody wrote to or read from yet has no groups to ask for.
            if isinstance(answer, Exception) and not _no_such_key(answer):
                raise answer
    lengths, dead, oldest, groups = (answers[part::_PER_SHARD] for part in range(_PER_SHARD))
    ours = [
        info
        for answer in groups
        if isinstance(answer, list)
        for info in answer
        if info["name"] == group.encode()
    ]
    lags = [info["lag"] for info in ours]
    first_ms = min((int(entries[0][0].partition(b"-")[0]) for entries in oldest if entries), default=None)
    return Backlog(
        length=sum(lengths),
        pending=sum(info["pending"] for info in ours),
        lag=None if None in lags or len(ours) < stream.shards else sum(lags),
        oldest_age_seconds=0.0 if first_ms is None else max(0.0, time.time() - first_ms / 1000),
        dead=sum(dead),
    )


async def watch_backlog(client: Client, stream: Stream, group: str, *, interval: float = 5.0) -> None:
    """Keep the gauges of the backlog up to date for ever; run it as a task beside a consumer."""
    while True:
        await tell_backlog(client, stream, group)
        await asyncio.sleep(interval)


async def tell_backlog(client: Client, stream: Stream, group: str) -> None:
    """Set the gauges of the backlog once; a figure that is not known is absent, never zero or stale."""
    labels = (stream.name, group)
    try:
        now = await backlog(client, stream, group)
    except StreamUnavailable as error:
        log.warning("backlog.unknown", stream=stream.name, reason=str(error))
        figures: dict[Any, float | None] = dict.fromkeys(
            (BACKLOG_LENGTH, BACKLOG_PENDING, BACKLOG_LAG, BACKLOG_DEAD, OLDEST_AGE)
        )
    else:
        figures = {
            BACKLOG_LENGTH: now.length,
            BACKLOG_PENDING: now.pending,
            BACKLOG_LAG: now.lag,
            BACKLOG_DEAD: now.dead,
            OLDEST_AGE: now.oldest_age_seconds,
        }
    for gauge, figure in figures.items():
        if figure is None:
            gauge.remove(*labels)
        else:
            gauge.labels(*labels).set(figure)


def _no_such_key(answer: Exception) -> bool:
    return isinstance(answer, ResponseError) and "no such key" in str(answer)
