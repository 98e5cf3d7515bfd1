"""Corrected shares in the points of series."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from pulso_contracts.trends import Bucket, CorrectedShares, GroupBy, Point, SeriesAnswer, Share

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
    series = []
    for each in answer.series:
        points = [*each.points, each.total]
        counts = np.array([[point.negative, point.neutral, point.positive] for point in points], float)
        own = {each.key: 1.0} if answer.group_by is GroupBy.CHANNEL and each.key else mix
        shares = correction.corrected(counts, own)
        parts = np.round(np.stack([shares.share, shares.low, shares.high], axis=-1), 4).tolist()
        *told, total = (_told(point, row) for point, row in zip(points, parts, strict=True))
        series.append(each.model_copy(update={"points": told, "total": total}))
    return answer.model_copy(update={"series": series, "corrected_by": correction.model_version})


def _told(point: Point, parts: list[list[float]]) -> Point:
    """Return a point with its corrected shares, the low and the high end of each; they need no validation."""
    if not point.count:
        return point
    negative, neutral, positive = (
        Share.model_construct(share=share, low=low, high=high) for share, low, high in parts
    )
    corrected = CorrectedShares.model_construct(negative=negative, neutral=neutral, positive=positive)
    return point.model_copy(update={"corrected": corrected})
