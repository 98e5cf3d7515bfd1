"""Questions about sentiment over time, and their answers from counted cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from pulso_contracts.feedback import Channel
from pulso_contracts.peru import DEPARTMENTS
from pulso_contracts.scoring import Aspect, Sentiment
from pulso_contracts.trends import GroupBy, SeriesAnswer

from pulso_trends.domain.corrected import corrected
from pulso_trends.domain.cube import MEASURES, MICRO, SENTIMENTS, Dimension
from pulso_trends.domain.filters import Filters
from pulso_trends.domain.period import Period
from pulso_trends.domain.shares import Correction
from pulso_trends.domain.tabulating import (
    Cells,
    Fields,
    Integers,
    keys_of,
    names_of,
    series_of,
    tabulate,
    told,
)
from pulso_trends.errors import InvalidQuery

MAX_SERIES = 50
MAX_ANSWER_POINTS = 20_000
"""Points of all series of one answer; about 2 MB of JSON."""

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


class Behind(NamedTuple):
    """What tells the true shares behind counts: a correction, and the items counted by channel."""

    correction: Correction
    channels: Mapping[str, int]


def answer(question: SeriesQuestion, cells: Sequence[Cells], *, behind: Behind | None = None) -> SeriesAnswer:
    """The largest series, largest first; ungrouped there is one even when nothing was counted.

    Args:
        question: Of items, not of opinions, where there is something `behind` its counts.
        cells: What was counted.
        behind: With it each point has its corrected shares.
    """
    period, group_by = question.period, question.group_by
    names, table = _grouped(question, cells)
    sizes = table[:, -1, : len(SENTIMENTS)].sum(axis=1).tolist()
    heard = [row for row, size in enumerate(sizes) if size or group_by is None]
    heard.sort(key=lambda row: (-sizes[row], names[row] or ""))
    chosen = heard[: question.limit]
    names, table = [names[row] for row in chosen], table[chosen]
    fields = _fields(table)
    if behind is not None:
        mixes = [behind.channels] * len(names)
        if group_by is GroupBy.CHANNEL:
            mixes = [{name: 1} if name else behind.channels for name in names]
        fields["corrected"] = corrected(table[..., : len(SENTIMENTS)], behind.correction, mixes)
    return SeriesAnswer.model_validate(
        {
            "bucket": period.bucket,
            "group_by": group_by,
            "start": period.moment(period.first).isoformat(),
            "end": period.moment(period.stop).isoformat(),
            "series": series_of(period, names, fields),
            "truncated": len(heard) > len(chosen),
            "corrected_by": None if behind is None else behind.correction.model_version,
        }
    )


def _grouped(question: SeriesQuestion, cells: Sequence[Cells]) -> tuple[list[str | None], Integers]:
    """The names of the series, and what is counted of each [series, bucket, measure]."""
    keys = keys_of(cells, grouped=question.group_dimension is not None)
    table = tabulate(question.period, keys, cells, len(MEASURES))
    table *= np.tile([each in question.sentiments for each in SENTIMENTS], 2)
    if question.group_by is GroupBy.SENTIMENT:
        apart = np.tile(np.eye(len(SENTIMENTS), dtype=int), 2)
        return [each.value for each in SENTIMENTS], table * apart[:, None]
    return names_of(keys, grouped=question.group_by is not None), table


def _fields(table: Integers) -> Fields:
    """The fields of points besides their start, group by group."""
    flat = table.reshape(-1, len(MEASURES))
    counts, scores = np.split(flat, 2, axis=1)
    items = counts.sum(axis=1)
    means = scores.sum(axis=1) / MICRO / np.maximum(items, 1)
    return {
        "count": items.tolist(),
        **dict(zip((each.value for each in SENTIMENTS), counts.T.tolist(), strict=True)),
        "score": told(means, items > 0, 6),
    }
