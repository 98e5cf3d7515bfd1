"""What the next days should bring, and which past days were not to be expected."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Final, TypeVar

from fastapi import APIRouter, Query, Response
from pulso_contracts.forecast import AnomaliesAnswer, ForecastAnswer, ForecastGroup
from pulso_contracts.trends import GroupBy
from pulso_kit.listing import AnswerFormDep

from pulso_trends.api.dependencies import DatabaseDep
from pulso_trends.api.parameters import FiltersDep, Moments
from pulso_trends.api.tables import ANOMALIES, FORECASTS
from pulso_trends.domain.forecasting.answers import forecast, history_before, judged_between, unusual
from pulso_trends.domain.series import SeriesQuestion, answer
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.series import read_series

MAX_GROUPS = 10

Found = TypeVar("Found")

_FITS: Final = ThreadPoolExecutor(max_workers=2, thread_name_prefix="forecast")
"""Fits take CPU: two at a time, whoever asks, so that other requests are not starved."""

router = APIRouter(prefix="/trends", tags=["trends"])


async def _fitted(fit: Callable[[], Found]) -> Found:
    return await asyncio.get_running_loop().run_in_executor(_FITS, fit)


@router.get("/forecast", response_model=ForecastAnswer, responses=FORECASTS.responses)
async def read_forecast(
    *,
    form: AnswerFormDep,
    database: DatabaseDep,
    filters: FiltersDep,
    group_by: ForecastGroup | None = None,
    days: Annotated[int, Query(ge=1, le=28, description="How many days, from today on.")] = 14,
) -> ForecastAnswer | Response:
    """Volume and mean score of the next days, each with the intervals that should hold 80 and 95 % of days.

    It is made from up to 730 whole days before today, with Peru's weekdays and holidays. With `group_by` the
    ten largest groups are given. A group with fewer than 28 days with items has `not_enough_data`.
    """
    with QUERY_SECONDS.labels("forecast").time():
        history = history_before(datetime.now(UTC))
        groups = None if group_by is None else GroupBy(group_by.value)
        question = SeriesQuestion(history, groups, filters, MAX_GROUPS)
        known = answer(question, await read_series(database, question))
        fits = (_fitted(partial(forecast, series, days)) for series in known.series)
        foretold = ForecastAnswer(
            group_by=group_by,
            days=days,
            history_end=known.end,
            series=await asyncio.gather(*fits),
            truncated=known.truncated,
        )
    return await form.of(foretold, FORECASTS)


@router.get("/anomalies", response_model=AnomaliesAnswer, responses=ANOMALIES.responses)
async def read_anomalies(
    *,
    form: AnswerFormDep,
    database: DatabaseDep,
    moments: Moments,
    filters: FiltersDep,
    level: Annotated[
        float,
        Query(ge=0.8, le=0.999, allow_inf_nan=False, description="The share of days that should lie inside."),
    ] = 0.99,
) -> AnomaliesAnswer | Response:
    """Days whose volume or mean score the days before them did not let expect; by default of the last 30.

    The day that is not over is not judged. `occasions` are events of Peru's calendar on that day.
    """
    with QUERY_SECONDS.labels("anomalies").time():
        judged = judged_between(*moments, now=datetime.now(UTC))
        question = SeriesQuestion(judged.history, None, filters)
        [series] = answer(question, await read_series(database, question)).series
        found = await _fitted(partial(unusual, series, judged, level))
    return await form.of(found, ANOMALIES)
