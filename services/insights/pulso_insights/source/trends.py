"""Collecting what trends knows about a scope, over HTTP."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import urlencode

import httpx
from pulso_contracts.base import Lenient
from pulso_contracts.emerging import EmergingAnswer
from pulso_contracts.feedback import FieldError
from pulso_contracts.insights import BriefLanguage, InsightRequest, Scope
from pulso_contracts.trends import FeedbackPage, Point, SeriesAnswer
from pulso_kit.errors import BadGateway, Malformed, Unavailable
from pydantic import ValidationError

from pulso_insights.domain.findings import (
    LOOKED_AT,
    Breakdown,
    Dimension,
    Example,
    Findings,
    Movement,
    Movements,
)
from pulso_insights.domain.period import Period
from pulso_insights.domain.tally import Group, Tally

API_PREFIX = "/api/v1"
EXAMPLES_OF_A_KIND = 2
"""Recent items of each mood that a brief points to."""
MOVEMENTS = 6
"""Changes of what people talk about that a brief tells, the surest ones."""

Answer = TypeVar("Answer", bound=Lenient)
Query = list[tuple[str, str | int | float | bool | None]]


class TrendsSource:
    """Asks trends the questions of one brief, all at once."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def findings(self, request: InsightRequest, period: Period, *, today: date) -> Findings:
        """All that a brief for this request may tell about its scope.

        Raises:
            Malformed: Trends does not know a value of the scope; the errors name its field.
            Unavailable: Trends cannot answer now.
            BadGateway: Trends gave no usable answer.
        """
        scope, is_open = request.scope, period.last >= today
        filters = _filters(scope)
        dimensions = [
            each for each in LOOKED_AT[request.audience] if getattr(scope, each.value, None) is None
        ]
        whole, examples, movements, breakdowns = await asyncio.gather(
            self._grouped(None, period, filters),
            self._examples(period, filters),
            self._movements(scope, request.language, is_open=is_open),
            asyncio.gather(*(self._grouped(each, period, filters) for each in dimensions)),
        )
        return Findings(
            period=period,
            period_is_open=is_open,
            whole=whole.groups[0] if whole.groups else Group("all", Tally(), Tally()),
            query=whole.query,
            query_before=whole.query_before,
            breakdowns=[
                Breakdown(dimension, found.groups, found.query, found.query_before)
                for dimension, found in zip(dimensions, breakdowns, strict=True)
            ],
            examples=examples,
            movements=movements,
        )

    async def _grouped(self, dimension: Dimension | None, period: Period, filters: Query) -> "_Grouped":
        grouping = [] if dimension is None else [("group_by", dimension.value)]
        shape = [("bucket", "month"), *grouping, *filters]
        queries = [_days(stretch) + shape for stretch in (period, period.preceding())]
        now, before = await asyncio.gather(
            *(self._get("/trends/sentiment", query, SeriesAnswer) for query in queries)
        )
        shown, shown_before = (_shown_query("/trends/sentiment", query) for query in queries)
        return _Grouped(_groups(now, before), shown, shown_before)

    async def _examples(self, period: Period, filters: Query) -> list[Example]:
        pages = await asyncio.gather(
            *(
                self._get(
                    "/feedback",
                    [*_days(period), *filters, ("sentiment", mood), ("limit", str(EXAMPLES_OF_A_KIND))],
                    FeedbackPage,
                )
                for mood in ("negative", "positive")
            )
        )
        return [
            Example(item.id, f"{API_PREFIX}/feedback/{item.id}", item.text, item.sentiment)
            for page in pages
            for item in page.items
        ]

    async def _movements(self, scope: Scope, language: BriefLanguage, *, is_open: bool) -> Movements | None:
        """What changes now; trends looks at departments and wider places, not at channels and products."""
        narrowed = (scope.channel, scope.product, scope.product_category)
        if not is_open or any(each is not None for each in narrowed):
            return None
        where: Query = [("region", scope.region)] if scope.region else []
        query: Query = [*where, ("limit", MOVEMENTS)]
        answer = await self._get("/trends/emerging", query, EmergingAnswer)
        if answer.looked_at is None or answer.last_day is None:
            return None
        changes = [
            Movement(
                trend.name_es if language is BriefLanguage.SPANISH else trend.name_en,
                trend.place,
                trend.status,
                trend.window_days,
                trend.count,
                trend.expected,
                _shown_query("/trends/emerging", [("concept", trend.concept), ("region", trend.place)]),
            )
            for trend in answer.trends
        ]
        shown = _shown_query("/trends/emerging", query)
        return Movements(date.fromisoformat(answer.last_day), answer.false_share, changes, shown)

    async def _get(self, path: str, query: Query, model: type[Answer]) -> Answer:
        try:
            answer = await self._client.get(path, params=query)
        except httpx.TransportError as error:
            raise Unavailable("The facts cannot be read from trends now.", retry_after=2) from error
        if answer.status_code == 422:
            raise Malformed("Trends does not know a value of the scope.", errors=_scope_errors(answer))
        if answer.status_code in {429, 503}:
            raise Unavailable("The facts cannot be read from trends now.", retry_after=2)
        if answer.status_code != 200:
            raise BadGateway("Trends gave no usable answer.")
        try:
            return model.model_validate_json(answer.content)
        except ValidationError as error:
            raise BadGateway("Trends gave an answer that cannot be read.") from error


@dataclass(frozen=True, slots=True)
class _Grouped:
    groups: Sequence[Group]
    query: str
    query_before: str


def _filters(scope: Scope) -> Query:
    fields = {
        "region": scope.region,
        "channel": scope.channel,
        "product": scope.product,
        "product_category": scope.product_category,
    }
    return [(name, str(value)) for name, value in fields.items() if value is not None]


def _days(period: Period) -> Query:
    return [("from", period.first.isoformat()), ("to", period.last.isoformat())]


def _shown_query(path: str, query: Query) -> str:
    return f"{API_PREFIX}{path}?{urlencode(query)}"


def _groups(now: SeriesAnswer, before: SeriesAnswer) -> list[Group]:
    """Groups of both periods, largest first; items without a value in the dimension make no group.

    Where one answer was cut off, a group missing in it is left out: it is unknown there, not zero.
    """
    present = {series.key: _tally(series.total) for series in now.series}
    past = {series.key: _tally(series.total) for series in before.series}
    keys = dict.fromkeys([*present, *past])
    groups = [
        Group(key, present.get(key, Tally()), past.get(key, Tally()))
        for key in keys
        if key is not None and (key in present or not now.truncated) and (key in past or not before.truncated)
    ]
    return sorted(groups, key=lambda group: -group.now.count)


def _tally(point: Point) -> Tally:
    return Tally(point.negative, point.neutral, point.positive)


def _scope_errors(answer: httpx.Response) -> list[FieldError]:
    try:
        body: Any = answer.json()
        return [
            FieldError(field=f"scope.{error['field'].partition('.')[0]}", message=str(error["message"]))
            for error in body["errors"]
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []
