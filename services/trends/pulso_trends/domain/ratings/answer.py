"""From counted cells to series of ratings: every point present, means only where there are enough of them."""

from collections.abc import Iterable, Sequence
from math import sqrt
from typing import Final

from pulso_contracts.ratings import LEAST_RATED, RatingPoint, RatingSeries, StarShares

from pulso_trends.domain.cube import MICRO, SENTIMENTS
from pulso_trends.domain.ratings.cells import RATED, STARS
from pulso_trends.domain.series import UNGROUPED_KEY, Cells, SeriesQuestion

_PRIOR: Final = 0.5
"""Ratings that each star is given for the variance (Jeffreys): ten times five stars are not certainty."""
_UPPER_TAIL: Final = 0.975
"""Up to where Student's t reaches in a 95 % interval."""

Counted = tuple[int, Sequence[int]]
"""Items, and the sums of `RATED`."""
_NOTHING: Final[Counted] = 0, (0,) * len(RATED)


def series(question: SeriesQuestion, rated: Iterable[Cells], said: Iterable[Cells]) -> list[RatingSeries]:
    """The groups in which anything was rated, most ratings first; ungrouped there is always one.

    Args:
        question: What was asked.
        rated: Sums of `RATED`.
        said: Sums of `MEASURES`, of items with and without a rating.
    """
    groups: dict[str, dict[int, Counted]] = {}
    for cells in rated:
        groups.setdefault(cells.key, {})[cells.start] = 0, cells.tally
    if question.group_by is None:
        groups.setdefault("", {})
    for cells in said:
        if cells.key in groups:
            stars = groups[cells.key].get(cells.start, _NOTHING)[1]
            groups[cells.key][cells.start] = sum(cells.tally[: len(SENTIMENTS)]), stars
    period = question.period
    starts = {number: period.moment(number).isoformat() for number in period.starts()}
    found = [
        _series(UNGROUPED_KEY if question.group_by is None else key or None, points, starts)
        for key, points in groups.items()
    ]
    return sorted(found, key=lambda each: (-each.total.rated, each.key or ""))


def mean_interval(stars: Sequence[int], mean: float) -> tuple[float, float]:
    """Return the 95 % interval of a mean rating, as `RatingPoint.low` explains it.

    Args:
        stars: Two ratings or more by their nearest star, one to five.
        mean: Their mean, which half stars move.
    """
    from scipy.special import stdtrit

    smooth = [count + _PRIOR for count in stars]
    centre = sum(star * part for star, part in enumerate(smooth, start=1)) / sum(smooth)
    squares = sum((star - centre) ** 2 * part for star, part in enumerate(smooth, start=1))
    reach = float(stdtrit(sum(stars) - 1, _UPPER_TAIL)) * sqrt(squares / sum(smooth) / sum(stars))
    return max(mean - reach, 1.0), min(mean + reach, 5.0)


def _series(key: str | None, points: dict[int, Counted], starts: dict[int, str]) -> RatingSeries:
    columns = zip(_NOTHING[1], *(stars for _, stars in points.values()), strict=True)
    total = sum(count for count, _ in points.values()), [sum(column) for column in columns]
    return RatingSeries(
        key=key,
        points=[_point(start, points.get(number, _NOTHING)) for number, start in starts.items()],
        total=_point(next(iter(starts.values())), total),
    )


def _point(start: str, counted: Counted) -> RatingPoint:
    count, tally = counted
    stars = tally[: len(STARS)]
    ratings, scores, negative_texts, positive_texts = tally[len(STARS) :]
    rated = sum(stars)
    mean = low = high = None
    if rated >= LEAST_RATED:
        mean = ratings / MICRO / rated
        low, high = mean_interval(stars, mean)
    return RatingPoint(
        start=start,
        count=count,
        rated=rated,
        rated_share=_rounded(rated / count) if count else None,
        stars=StarShares(**{name: round(each / rated, 4) for name, each in zip(STARS, stars, strict=True)})
        if rated
        else None,
        mean=_rounded(mean),
        low=_rounded(low),
        high=_rounded(high),
        text_score=None if mean is None else _rounded(scores / MICRO / rated),
        negative_texts=negative_texts,
        positive_texts=positive_texts,
        contradiction_share=_rounded((negative_texts + positive_texts) / rated) if rated else None,
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
