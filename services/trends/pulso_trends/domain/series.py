"""From counted cells to the series of an answer: every point present, zeros too."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from pulso_contracts.feedback import Channel
from pulso_contracts.peru import DEPARTMENTS
from pulso_contracts.scoring import Aspect, Sentiment
from pulso_contracts.trends import GroupBy, Point, Series, SeriesAnswer

from pulso_trends.domain.cube import MEASURES, MICRO, SENTIMENTS, Dimension, Tally
from pulso_trends.domain.filters import Filters
from pulso_trends.domain.period import Period
from pulso_trends.errors import InvalidQuery

MAX_SERIES = 50
MAX_ANSWER_POINTS = 20_000
"""Points of all series of one answer; about 2 MB of JSON."""

UNGROUPED_KEY = "all"

_MOST_GROUPS = {
    GroupBy.REGION: len(DEPARTMENTS) + 1,
    GroupBy.CHANNEL: len(Channel),
    GroupBy.ASPECT: len(Aspect),
    GroupBy.SENTIMENT: len(Sentiment),
}


@dataclass(frozen=True, slots=True)
class SeriesQuestion:
    """A question that `GET /trends/sentiment` answers; `limit` is how many series at most."""

    period: Period
    group_by: GroupBy | None = None
    filters: Filters = field(default_factory=Filters)
    limit: int = MAX_SERIES

    def __post_init__(self) -> None:
        series = 1 if self.group_by is None else min(self.limit, _MOST_GROUPS.get(self.group_by, self.limit))
        points = len(self.period.starts())
        if points * series > MAX_ANSWER_POINTS:
            raise InvalidQuery(
                "bucket",
                f"{points} points in each of up to {series} series are more than {MAX_ANSWER_POINTS}: "
                "take a coarser bucket, a shorter range or a smaller `limit`",
            )

    @property
    def group_dimension(self) -> Dimension | None:
        """The dimension that tells the series apart; sentiments are measures of a cell, not a dimension."""
        if self.group_by is None or self.group_by is GroupBy.SENTIMENT:
            return None
        return Dimension[self.group_by.name]

    @property
    def dimensions(self) -> Dimension:
        """What cells must tell apart to answer."""
        filters = self.filters
        needed = self.group_dimension or Dimension(0)
        for values, dimension in (
            (filters.regions, Dimension.REGION),
            (filters.channels, Dimension.CHANNEL),
            (filters.products, Dimension.PRODUCT),
            (filters.product_categories, Dimension.PRODUCT_CATEGORY),
            (filters.aspects, Dimension.ASPECT),
        ):
            if values:
                needed |= dimension
        return needed

    @property
    def sentiments(self) -> tuple[Sentiment, ...]:
        """The sentiments to count, in the model's order."""
        return tuple(each for each in SENTIMENTS if each in self.filters.sentiments) or SENTIMENTS


class Cells(NamedTuple):
    """The sum of all cells of one group in one bucket; `key` is '' where items leave the dimension open."""

    key: str
    start: int
    tally: Sequence[int]


def answer(question: SeriesQuestion, cells: Iterable[Cells]) -> SeriesAnswer:
    """The largest series, largest first; ungrouped there is one even when nothing was counted."""
    period = question.period
    groups: dict[str | None, dict[int, Tally]] = {}
    if question.group_by is None:
        groups[UNGROUPED_KEY] = {}
    for found in cells:
        for key, tally in _shares(question, found):
            groups.setdefault(key, {})[found.start] = tally
    starts = {number: period.moment(number).isoformat() for number in period.starts()}
    series = [_series(key, points, starts) for key, points in groups.items()]
    if question.group_by is not None:
        series = [each for each in series if each.total.count]
    series.sort(key=lambda each: (-each.total.count, each.key or ""))
    return SeriesAnswer(
        bucket=period.bucket,
        group_by=question.group_by,
        start=period.moment(period.first).isoformat(),
        end=period.moment(period.stop).isoformat(),
        series=series[: question.limit],
        truncated=len(series) > question.limit,
    )


def _shares(question: SeriesQuestion, found: Cells) -> Iterable[tuple[str | None, Tally]]:
    """To which series the cells belong, and what they add there."""
    wanted = [SENTIMENTS.index(each) for each in question.sentiments]
    if question.group_by is GroupBy.SENTIMENT:
        for which in wanted:
            yield SENTIMENTS[which].value, _only(found.tally, [which])
    elif question.group_by is None:
        yield UNGROUPED_KEY, _only(found.tally, wanted)
    else:
        yield found.key or None, _only(found.tally, wanted)


def _only(tally: Sequence[int], wanted: Sequence[int]) -> Tally:
    return [value if index % len(SENTIMENTS) in wanted else 0 for index, value in enumerate(tally)]


def _series(key: str | None, points: dict[int, Tally], starts: dict[int, str]) -> Series:
    nothing: Tally = [0] * len(MEASURES)
    total = [sum(column) for column in zip(nothing, *points.values(), strict=True)]
    return Series(
        key=key,
        points=[_point(start, points.get(number, nothing)) for number, start in starts.items()],
        total=_point(next(iter(starts.values())), total),
    )


def _point(start: str, tally: Sequence[int]) -> Point:
    negative, neutral, positive, *scores = tally
    count = negative + neutral + positive
    return Point(
        start=start,
        count=count,
        negative=negative,
        neutral=neutral,
        positive=positive,
        score=round(sum(scores) / MICRO / count, 6) if count else None,
    )
