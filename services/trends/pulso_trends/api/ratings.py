"""Stars over time, how they agree with the texts, and whether talk leads them."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response
from pulso_contracts.ratings import RatingGroup, RatingsAnswer, RatingsLeadAnswer
from pulso_contracts.trends import Bucket, GroupBy
from pulso_kit.listing import AnswerFormDep

from pulso_trends.api.dependencies import DatabaseDep
from pulso_trends.api.parameters import DimensionsDep, Moments, Value
from pulso_trends.api.tables import RATING_LEADS, RATINGS
from pulso_trends.domain.cube import MEASURES
from pulso_trends.domain.filters import Filters, ItemFilters, departments
from pulso_trends.domain.leading.range import whole_weeks
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.period import period_between
from pulso_trends.domain.ratings.answer import series
from pulso_trends.domain.ratings.lead import findings, histories
from pulso_trends.domain.series import MAX_SERIES, SeriesQuestion
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.ratings import read_ratings, read_ratings_and_contradictions

MOST_PRODUCTS: Final = 20

router = APIRouter(prefix="/trends/ratings", tags=["trends"])


@router.get("", summary="How many stars?", response_model=RatingsAnswer, responses=RATINGS.responses)
async def ratings(
    *,
    form: AnswerFormDep,
    database: DatabaseDep,
    moments: Moments,
    filters: DimensionsDep,
    bucket: Bucket = Bucket.DAY,
    group_by: RatingGroup | None = None,
    limit: Annotated[
        int, Query(ge=1, le=MAX_SERIES, description="Series at most; those with most ratings are given.")
    ] = MAX_SERIES,
) -> RatingsAnswer | Response:
    """Ratings over time, in whole hours or days of Peru, and how they agree with the texts beside them.

    Only groups in which something was rated are told; all items count, as in `/trends/sentiment`. With an
    `aspect` filter or grouping, items that speak of the aspect are counted, once for each that they speak of;
    stars, scores and contradictions remain those of the whole item.
    """
    with QUERY_SECONDS.labels("ratings").time():
        period = period_between(*moments, bucket, now=datetime.now(UTC))
        grouping = None if group_by is None else GroupBy(group_by)
        question = SeriesQuestion(period, grouping, filters, limit)
        start, end = period.moment(period.first), period.moment(period.stop)
        items = ItemFilters(**asdict(filters), start=start, end=end)
        found, contradictions = await read_ratings_and_contradictions(database, question, items)
    told = series(question, found.rated, found.said)
    answer = RatingsAnswer(
        bucket=bucket,
        group_by=group_by,
        start=start.isoformat(),
        end=end.isoformat(),
        series=told[:limit],
        truncated=len(told) > limit,
        recounting=found.recounting,
        contradictions=contradictions,
    )
    return await form.of(answer, RATINGS)


@router.get(
    "/lead",
    summary="Does talk lead ratings?",
    response_model=RatingsLeadAnswer,
    responses=RATING_LEADS.responses,
)
async def lead(
    *,
    form: AnswerFormDep,
    database: DatabaseDep,
    moments: Moments,
    product: Annotated[Value | None, Query(description="One product; default: the 20 most rated.")] = None,
    region: Annotated[
        Value | None, Query(description="A department: name, alias, capital or ubigeo code.")
    ] = None,
) -> RatingsLeadAnswer | Response:
    """Whether talk about a product helps to forecast its mean rating, and how many weeks ahead.

    The talk is that of items without a rating: the text of a rated one says again what its stars say. Tested
    as in `/trends/sales`, on weeks with at least five ratings; `no_link` is a normal answer, and a link is no
    proof of a cause.
    """
    with QUERY_SECONDS.labels("ratings_lead").time():
        weeks = whole_weeks(*moments, now=datetime.now(UTC))
        regions = () if region is None else departments([region])
        filters = Filters(regions=regions, products=() if product is None else (product,))
        # One more than are told: items without a product may be the largest group.
        question = SeriesQuestion(weeks.talk(), GroupBy.PRODUCT, filters, MOST_PRODUCTS + 1)
        found = await read_ratings(database, question, MEASURES)
        products = histories(weeks, found.rated, found.said, MOST_PRODUCTS)
        told = await asyncio.to_thread(findings, weeks, products)
    answer = RatingsLeadAnswer(
        region=regions[0] if regions else None,
        start=start_of_day(weeks.first).isoformat(),
        end=start_of_day(weeks.stop).isoformat(),
        products=told,
        recounting=found.recounting,
    )
    return await form.of(answer, RATING_LEADS)
