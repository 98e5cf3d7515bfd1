"""Server-sent events of what was just indexed."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent
from pulso_kit.errors import Unavailable
from pulso_kit.health import Health

from pulso_trends.api.dependencies import ResourcesDep
from pulso_trends.api.parameters import ItemFiltersDep
from pulso_trends.errors import TooManyFollowers
from pulso_trends.metrics import LIVE_CLIENTS

RETRY_MILLISECONDS = 2_000
"""How long a client waits before it connects again."""

router = APIRouter(tags=["feedback"])


async def _start(
    resources: ResourcesDep,
    last_event_id: Annotated[
        str | None, Header(max_length=64, description="The last event seen: the feed goes on after it.")
    ] = None,
) -> AsyncIterator[int]:
    """Where in the index the feed starts; holds a place among the clients as long as the response lasts."""
    known = last_event_id is not None and last_event_id.isdecimal() and len(last_event_id) <= 18
    try:
        with resources.tail.joined(), LIVE_CLIENTS.track_inprogress():
            yield await resources.tail.start(int(last_event_id) if known and last_event_id else None)
    except TooManyFollowers:
        raise Unavailable("The live feed has all the clients it can serve.", retry_after=10) from None


@router.get("/live", response_class=EventSourceResponse)
async def live(
    request: Request, resources: ResourcesDep, filters: ItemFiltersDep, start: Annotated[int, Depends(_start)]
) -> AsyncIterator[ServerSentEvent]:
    """Each item that matches, as soon as it is indexed: events `feedback` whose data is the item.

    The id of an event is its place in the index: sent back as `Last-Event-ID`, the feed goes on without a
    gap, up to 10,000 items back. Comments keep quiet connections open.
    """
    health: Health = request.app.state.health
    yield ServerSentEvent(comment="listening", retry=RETRY_MILLISECONDS)
    async for place, item in resources.tail.follow(filters, start, health.draining):
        yield ServerSentEvent(event="feedback", id=str(place), raw_data=item.model_dump_json())
