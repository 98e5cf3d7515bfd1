"""From counted cells to the series of an answer: every point present, zeros too."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pulso_contracts.feedback import Channel
from pulso_contracts.peru import DEPARTMENTS
from pulso_contracts.scoring import Aspect, Sentiment
from pulso_contracts.trends import GroupBy, SeriesAnswer

from pulso_trends.domain.corrected import correct
from pulso_trends.domain.cube import MEASURES, MICRO, SENTIMENTS, Dimension, Tally
from pulso_trends.domain.filters import Filters
from pulso_trends.domain.period import Period
from pulso_trends.domain.shares import Correction
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
    def is_correctable(self) -> bool:
        """Whether shares of whole items are asked for: only of these the model's confusion is known."""
        apart = {GroupBy.SENTIMENT, GroupBy.ASPECT}
        return self.group_by not in apart and not self.filters.sentiments and not self.filters.aspects

    @property
    def sentiments(self) -> tuple[Sentiment, ...]:
        """The sentiments to count, in the model's order."""
        return tuple(each for each in SENTIMENTS if each in self.filters.sentiments) or SENTIMENTS


class Cells(NamedTuple):
    """The sum of all cells of one group in one bucket; `key` is '' where items leave the dimension open."""

    key: str
    start: int
    tally: Tally


class Behind(NamedTuple):
    """What tells the true shares behind counts: a correction, and the items counted by channel."""

    correction: Correction
    channels: Mapping[str, int]


def answer(question: SeriesQuestion, cells: Iterable[Cells], *, behind: Behind | None = None) -> SeriesAnswer:
    """The largest series, largest first; ungrouped there is one even when nothing was counted.

    Args:
        question: Of items, not of opinions, where there is something `behind` its counts.
        cells: What was counted.
        behind: With it each point has its corrected shares.
    """
    period = question.period
    groups: dict[str | None, dict[int, Tally]] = {}
    if question.group_by is None:
        groups[UNGROUPED_KEY] = {}
    for key, start, tally in _shares(question, cells):
        groups.setdefault(key, {})[start] = tally
    starts = {number: period.moment(number).isoformat() for number in period.starts()}
    found = [(key, _tallies(points, starts)) for key, points in groups.items()]
    if question.group_by is not None:
        found = [(key, tallies) for key, tallies in found if sum(tallies[-1][: len(SENTIMENTS)])]
    found.sort(key=lambda each: (-sum(each[1][-1][: len(SENTIMENTS)]), each[0] or ""))
    chosen = found[: question.limit]
    moments = [*starts.values(), next(iter(starts.values()))]
    series = [
        {"key": key, "points": (points := list(map(_point, moments, tallies))), "total": points.pop()}
        for key, tallies in chosen
    ]
    if behind is not None:
        correct(series, behind.correction, behind.channels, by_channel=question.group_by is GroupBy.CHANNEL)
    return SeriesAnswer.model_validate(
        {
            "bucket": period.bucket,
            "group_by": question.group_by,
            "start": period.moment(period.first).isoformat(),
            "end": period.moment(period.stop).isoformat(),
            "series": series,
            "truncated": len(found) > len(chosen),
            "corrected_by": None if behind is None else behind.correction.model_version,
        }
    )


def _shares(question: SeriesQuestion, cells: Iterable[Cells]) -> Iterator[tuple[str | None, int, Tally]]:
    """To which series cells belong, and what they add there."""
    wanted = [SENTIMENTS.index(each) for each in question.sentiments]
    for key, start, tally in cells:
        if question.group_by is GroupBy.SENTIMENT:
            for which in wanted:
                yield SENTIMENTS[which].value, start, _only(tally, [which])
        else:
            name = UNGROUPED_KEY if question.group_by is None else key or None
            yield name, start, tally if len(wanted) == len(SENTIMENTS) else _only(tally, wanted)


def _only(tally: Sequence[int], wanted: Sequence[int]) -> Tally:
    return [value if index % len(SENTIMENTS) in wanted else 0 for index, value in enumerate(tally)]


def _tallies(points: Mapping[int, Tally], starts: Iterable[int]) -> list[Tally]:
    """The counts of each bucket, those of all of them last."""
    nothing: Tally = [0] * len(MEASURES)
    found = [points.get(number, nothing) for number in starts]
    return [*found, [sum(column) for column in zip(*found, strict=True)]]


def _point(start: str, tally: Sequence[int]) -> dict[str, Any]:
    negative, neutral, positive, *scores = tally
    count = negative + neutral + positive
    return {
        "start": start,
        "count": count,
        "negative": negative,
        "neutral": neutral,
        "positive": positive,
        "score": round(sum(scores) / MICRO / count, 6) if count else None,
    }
