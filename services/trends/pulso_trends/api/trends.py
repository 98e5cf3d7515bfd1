"""Series, the values that filters know, and how far indexing is."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pulso_contracts.events import FEEDBACK_STREAM, SENTIMENT_GROUP, TRENDS_GROUP
from pulso_contracts.trends import Bucket, Dimensions, GroupBy, IndexStatus, SeriesAnswer
from pulso_kit.listing import AnswerFormDep
from pulso_streams import Backlog, Stream, StreamUnavailable, backlog

from pulso_trends.api.dependencies import DatabaseDep, ResourcesDep
from pulso_trends.api.parameters import FiltersDep, Moments
from pulso_trends.api.tables import DIMENSIONS, POINTS
from pulso_trends.domain.period import period_between
from pulso_trends.domain.series import MAX_SERIES, Behind, SeriesQuestion, answer
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.series import read_dimensions, read_series, read_series_and_channels
from pulso_trends.store.status import read_status

router = APIRouter(prefix="/trends", tags=["trends"])


@router.get("/sentiment", response_model=SeriesAnswer, responses=POINTS.responses)
async def sentiment(
    *,
    form: AnswerFormDep,
    resources: ResourcesDep,
    moments: Moments,
    filters: FiltersDep,
    bucket: Bucket = Bucket.DAY,
    group_by: GroupBy | None = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_SERIES, description="Series at most; the largest are given.")
    ] = MAX_SERIES,
) -> SeriesAnswer | Response:
    """Counts and mean score over time, in whole hours or days of Peru; by default of the last 30 days.

    `corrected` tells the shares of sentiments that are true behind those counted, as far as the model's
    errors on
    held-out texts tell, with 95 % intervals. With an `aspect` filter or grouping, opinions on aspects are
    counted instead of items.
    """
    with QUERY_SECONDS.labels("series").time():
        period = period_between(*moments, bucket, now=datetime.now(UTC))
        question = SeriesQuestion(period, group_by, filters, limit)
        correction = resources.confusion.correction
        if correction is None or not question.is_correctable:
            found = answer(question, await read_series(resources.database, question))
        else:
            cells, channels = await read_series_and_channels(resources.database, question)
            found = answer(question, cells, behind=Behind(correction, channels))
    return await form.of(found, POINTS)


@router.get("/dimensions", response_model=Dimensions, responses=DIMENSIONS.responses)
async def dimensions(form: AnswerFormDep, database: DatabaseDep) -> Dimensions | Response:
    """The values that indexed items carry, most frequent first: what filters can be set to."""
    with QUERY_SECONDS.labels("dimensions").time():
        found = await read_dimensions(database)
    return await form.of(found, DIMENSIONS)


@router.get("/status")
async def status(resources: ResourcesDep) -> IndexStatus:
    """How many items are indexed, the newest of them, and how many accepted ones are still on their way."""
    with QUERY_SECONDS.labels("status").time():
        unscored: Backlog | None = None
        scored: Backlog | None = None
        # In the order of an item's way: one that moves on meanwhile is counted twice, never overlooked.
        with suppress(StreamUnavailable):
            feedback = Stream(FEEDBACK_STREAM, resources.settings.stream_shards)
            unscored = await backlog(resources.stream_client, feedback, SENTIMENT_GROUP)
            scored = await backlog(resources.stream_client, resources.stream, TRENDS_GROUP)
        indexed = await read_status(resources.database)
    return IndexStatus(
        items=indexed.items,
        newest_created_at=indexed.newest_created_at,
        last_indexed_at=indexed.last_indexed_at,
        unscored=None if unscored is None else unscored.length,
        waiting=None if scored is None else scored.length,
        dead=None if unscored is None or scored is None else unscored.dead + scored.dead,
    )
