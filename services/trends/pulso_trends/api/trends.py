"""Series, the values that filters know, and how far indexing is."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pulso_contracts.events import TRENDS_GROUP
from pulso_contracts.trends import Bucket, Dimensions, GroupBy, IndexStatus, SeriesAnswer
from pulso_streams import StreamUnavailable, backlog

from pulso_trends.api.dependencies import DatabaseDep, ResourcesDep
from pulso_trends.api.parameters import FiltersDep, Moments
from pulso_trends.domain.period import period_between
from pulso_trends.domain.series import MAX_SERIES, SeriesQuestion, answer
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.series import read_dimensions, read_series
from pulso_trends.store.status import read_status

router = APIRouter(prefix="/trends", tags=["trends"])


@router.get("/sentiment")
async def sentiment(
    *,
    database: DatabaseDep,
    moments: Moments,
    filters: FiltersDep,
    bucket: Bucket = Bucket.DAY,
    group_by: GroupBy | None = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_SERIES, description="Series at most; the largest are given.")
    ] = MAX_SERIES,
) -> SeriesAnswer:
    """Counts and mean score over time, in whole hours or days of Peru; by default of the last 30 days.

    With an `aspect` filter or grouping, opinions on aspects are counted instead of items.
    """
    with QUERY_SECONDS.labels("series").time():
        period = period_between(*moments, bucket, now=datetime.now(UTC))
        question = SeriesQuestion(period, group_by, filters, limit)
        return answer(question, await read_series(database, question))


@router.get("/dimensions")
async def dimensions(database: DatabaseDep) -> Dimensions:
    """The values that indexed items carry, most frequent first: what filters can be set to."""
    with QUERY_SECONDS.labels("dimensions").time():
        return await read_dimensions(database)


@router.get("/status")
async def status(resources: ResourcesDep) -> IndexStatus:
    """How many items are indexed, the newest of them, and how many wait in the stream."""
    with QUERY_SECONDS.labels("status").time():
        indexed = await read_status(resources.database)
        try:
            now = await backlog(resources.stream_client, resources.stream, TRENDS_GROUP)
        except StreamUnavailable:
            now = None
    return IndexStatus(
        items=indexed.items,
        newest_created_at=indexed.newest_created_at,
        last_indexed_at=indexed.last_indexed_at,
        waiting=None if now is None else now.length,
        dead=None if now is None else now.dead,
    )
