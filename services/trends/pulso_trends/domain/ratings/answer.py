"""From counted cells to series of ratings: every point present, means only where there are enough of them."""

from collections.abc import Iterable
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from pulso_contracts.ratings import LEAST_RATED, RatingSeries

from pulso_trends.domain.cube import MICRO, SENTIMENTS
from pulso_trends.domain.ratings.cells import RATED, STARS
from pulso_trends.domain.series import UNGROUPED_KEY, Cells, SeriesQuestion

_PRIOR: Final = 0.5
"""Ratings that each star is given for the variance (Jeffreys): ten times five stars are not certainty."""
_UPPER_TAIL: Final = 0.975
"""Up to where Student's t reaches in a 95 % interval."""
_SCALE: Final = np.arange(1.0, len(STARS) + 1)

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


def series(question: SeriesQuestion, rated: Iterable[Cells], said: Iterable[Cells]) -> list[RatingSeries]:
    """The groups in which anything was rated, most ratings first; ungrouped there is always one.

    Args:
        question: What was asked.
        rated: Sums of `RATED`.
        said: Sums of `MEASURES`, of items with and without a rating.
    """
    period = question.period
    columns = {number: column for column, number in enumerate(period.starts())}
    stars = list(rated)
    rows = {key: row for row, key in enumerate(dict.fromkeys(cells.key for cells in stars))}
    if question.group_by is None:
        rows.setdefault("", 0)
    # By group and bucket, the last of which is the total: items, and the sums of `RATED`.
    table = np.zeros((len(rows), len(columns) + 1, 1 + len(RATED)), np.int64)
    for cells in stars:
        table[rows[cells.key], columns[cells.start], 1:] = cells.tally
    for cells in said:
        if cells.key in rows:
            table[rows[cells.key], columns[cells.start], 0] = sum(cells.tally[: len(SENTIMENTS)])
    table[:, -1] = table.sum(axis=1)
    starts = [period.moment(number).isoformat() for number in columns]
    moments = [*starts, starts[0]] * len(rows)
    points = [{"start": start} | point for start, point in zip(moments, _points(table), strict=True)]
    found = []
    for key, row in rows.items():
        *own, total = points[row * table.shape[1] : (row + 1) * table.shape[1]]
        name = UNGROUPED_KEY if question.group_by is None else key or None
        found.append(RatingSeries.model_validate({"key": name, "points": own, "total": total}))
    return sorted(found, key=lambda each: (-each.total.rated, each.key or ""))


def mean_intervals(stars: Integers, means: Floats) -> tuple[Floats, Floats]:
    """Return the ends of the 95 % intervals of mean ratings, as `RatingPoint.low` explains them.

    Args:
        stars: Two ratings or more in each row, by their nearest star, one to five [mean, star].
        means: Their means, which half stars move.
    """
    from scipy.special import stdtrit

    rated = stars.sum(axis=-1)
    smooth = stars + _PRIOR
    weight = smooth.sum(axis=-1)
    centres = smooth @ _SCALE / weight
    variance = (smooth * (_SCALE - centres[:, None]) ** 2).sum(axis=-1) / weight
    reach = stdtrit(rated - 1, _UPPER_TAIL) * np.sqrt(variance / rated)
    return np.maximum(means - reach, _SCALE[0]), np.minimum(means + reach, _SCALE[-1])


def _points(table: Integers) -> list[dict[str, Any]]:
    """The fields of points besides their start, group by group."""
    groups, columns, sums = table.shape
    flat = table.reshape(groups * columns, sums)
    counts, stars = flat[:, 0], flat[:, 1 : 1 + len(STARS)]
    ratings, scores, negative_texts, positive_texts = flat[:, 1 + len(STARS) :].T
    rated = stars.sum(axis=-1)
    some, enough = np.maximum(rated, 1), rated >= LEAST_RATED
    means = ratings / MICRO / some
    low, high = np.zeros((2, len(rated)))
    low[enough], high[enough] = mean_intervals(stars[enough], means[enough])
    shares = np.round(stars / some[:, None], 4).tolist()
    fields = {
        "count": counts.tolist(),
        "rated": rated.tolist(),
        "rated_share": _told(rated / np.maximum(counts, 1), counts > 0),
        "stars": [dict(zip(STARS, each, strict=True)) if any(each) else None for each in shares],
        "mean": _told(means, enough),
        "low": _told(low, enough),
        "high": _told(high, enough),
        "text_score": _told(scores / MICRO / some, enough),
        "negative_texts": negative_texts.tolist(),
        "positive_texts": positive_texts.tolist(),
        "contradiction_share": _told((negative_texts + positive_texts) / some, rated > 0),
    }
    return [dict(zip(fields, point, strict=True)) for point in zip(*fields.values(), strict=True)]


def _told(values: Floats, known: NDArray[np.bool_]) -> list[float | None]:
    rounded = np.round(values, 4).tolist()
    return [value if told else None for value, told in zip(rounded, known.tolist(), strict=True)]
