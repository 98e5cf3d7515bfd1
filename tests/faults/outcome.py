"""What became of the items: asked over HTTP, in the streams, and by counting anew."""

from typing import Any

import httpx
from pulso_contracts.events import FEEDBACK_STREAM, SCORED_STREAM, SENTIMENT_GROUP, TRENDS_GROUP
from pulso_kit.database import Database
from pulso_streams import Stream, backlog, connect
from pulso_trends.store.recount import recount

from tests.faults.stack import eventually

DRAIN_SECONDS = 90.0


class Trends:
    """What trends tells; it is asked while all around it dies."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def status(self) -> dict[str, Any]:
        """How many items are indexed, and how many are on their way."""
        return await self._get("/trends/status")

    async def counted(self, product: str) -> int:
        """Items by the roll-ups."""
        answer = await self._get("/trends/sentiment", product=product, bucket="day")
        return sum(series["total"]["count"] for series in answer["series"])

    async def listed(self, product: str) -> list[dict[str, str]]:
        """Items by their rows."""
        found, cursor = [], {}
        while True:
            page = await self._get("/feedback", product=product, limit="200", **cursor)
            found += page["items"]
            if page["next_cursor"] is None:
                return found
            cursor = {"cursor": page["next_cursor"]}

    async def _get(self, path: str, **parameters: str) -> Any:
        return (await self._client.get(path, params=parameters)).raise_for_status().json()


async def assert_drained(redis_url: str) -> None:
    """Both streams become empty, and nothing has died on the way."""
    client = connect(redis_url)
    streams = [(Stream(FEEDBACK_STREAM), SENTIMENT_GROUP), (Stream(SCORED_STREAM), TRENDS_GROUP)]

    async def waiting() -> object:
        found = [await backlog(client, stream, group) for stream, group in streams]
        assert not any(each.dead for each in found), "a sound item became a dead letter"
        return found if any(each.length for each in found) else None

    try:
        await eventually(waiting, DRAIN_SECONDS, "the streams are empty")
    finally:
        await client.aclose()


async def assert_rollups_are_right(database_url: str, *, items: int) -> None:
    database = Database(database_url, application="pulso-faults")
    try:
        outcome = await recount(database)
    finally:
        await database.close()
    assert (outcome.items, outcome.wrong_cells) == (items, 0)
