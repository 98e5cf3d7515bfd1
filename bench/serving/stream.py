"""The stream worker end to end: read, score, publish, acknowledge."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import uuid4

from pulso_contracts.events import (
    FEEDBACK_RECEIVED,
    FEEDBACK_STREAM,
    SCORED_STREAM,
    SENTIMENT_GROUP,
    FeedbackReceived,
)
from pulso_streams import Client, Message, Publisher, Stream, backlog, connect

_FEEDBACK = Stream(FEEDBACK_STREAM, 4)
_SCORED = Stream(SCORED_STREAM, 4)
_READERS = "bench"
_GLANCE_SECONDS = 0.05
"""Between two looks at the streams, which cost a little of what is measured."""


async def scoring_rate(redis_url: str, texts: Sequence[str], rounds: int) -> float:
    """Returns the texts per second of a worker that has all of `texts` in its stream, `rounds` times over.

    The clock starts when all are published, with what is scored by then left out, and stops when the last one
    is in the next stream and gone from the first.
    """
    client = connect(redis_url)
    try:
        expected = await _scored(client) + rounds * len(texts)
        for _ in range(rounds):
            await Publisher(client, _FEEDBACK).publish_many([_message(text) for text in texts])
        started, before = time.perf_counter(), await _scored(client)
        while await _scored(client) < expected:  # noqa: ASYNC110 - the condition lies in the server
            await asyncio.sleep(_GLANCE_SECONDS)
        while (await backlog(client, _FEEDBACK, SENTIMENT_GROUP)).length:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.001)
        return (expected - before) / (time.perf_counter() - started)
    finally:
        await client.aclose()


async def _scored(client: Client) -> int:
    return (await backlog(client, _SCORED, _READERS)).length


def _message(text: str) -> Message:
    now = datetime.now(UTC)
    event = FeedbackReceived(
        id=uuid4().hex,
        accepted_at=now,
        created_at=now,
        text=text,
        channel="review",
        language="es",
        region="Lima",
    )
    return Message(event.id, FEEDBACK_RECEIVED, event.model_dump_json().encode())
