"""Corrected shares in the points of series."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain

import numpy as np
from pulso_contracts.trends import Bucket, GroupBy, Point, Series, SeriesAnswer

from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.filters import Filters
from pulso_trends.domain.series import Cells, SeriesQuestion
from pulso_trends.domain.shares import Correction


def is_correctable(question: SeriesQuestion) -> bool:
    """Tell whether shares of whole items are asked for: only of these the confusion is known."""
    apart = {GroupBy.SENTIMENT, GroupBy.ASPECT}
    return question.group_by not in apart and not question.filters.sentiments and not question.filters.aspects


def channels_of(question: SeriesQuestion) -> SeriesQuestion:
    """Return the question for the channels behind an answer; products share the mix of their departments."""
    period = question.period
    coarse = period if period.bucket is Bucket.HOUR else replace(period, bucket=Bucket.MONTH)
    filters = Filters(regions=question.filters.regions, channels=question.filters.channels)
    return SeriesQuestion(coarse, GroupBy.CHANNEL, filters)


def with_corrected_shares(
    answer: SeriesAnswer, correction: Correction, channels: Iterable[Cells]
) -> SeriesAnswer:
    """Return `answer` with what is true behind its counts.

    Args:
        answer: Of items, not of opinions.
        correction: Of the model that scored them.
        channels: What was counted by channel.
    """
    mix: dict[str, float] = {}
    for cells in channels:
        mix[cells.key] = mix.get(cells.key, 0.0) + sum(cells.tally[: len(SENTIMENTS)])
    groups = [(answer.series, mix)]
    if answer.group_by is GroupBy.CHANNEL:
        groups = [([each], {each.key: 1.0} if each.key else mix) for each in answer.series]
    series = [each for members, own in groups for each in _corrected(members, correction, own)]
    return answer.model_copy(update={"series": series, "corrected_by": correction.model_version})


def _corrected(
    series: Sequence[Series], correction: Correction, mix: Mapping[str, float]
) -> Iterator[Series]:
    """Yield the series with their corrected shares: one calculation for the points of all of them."""
    points = [[*each.points, each.total] for each in series]
    counts = np.array([[each.negative, each.neutral, each.positive] for each in chain(*points)], float)
    shares = correction.corrected(counts.reshape(-1, len(SENTIMENTS)), mix)
    rows = iter(np.round(np.stack([shares.share, shares.low, shares.high], axis=-1), 4).tolist())
    for each, own in zip(series, points, strict=True):
        *told, total = (_told(point, next(rows)) for point in own)
        yield each.model_copy(update={"points": told, "total": total})


def _told(point: Point, parts: list[list[float]]) -> Point:
    """Return a point with its corrected shares, the low and the high end of each."""
    if not point.count:
        return point
    corrected = {
        sentiment.value: {"share": share, "low": low, "high": high}
        for sentiment, (share, low, high) in zip(SENTIMENTS, parts, strict=True)
    }
    return Point.model_validate(vars(point) | {"corrected": corrected})
