"""From counted cells to series of ratings: every point present, means only where there are enough of them."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from pulso_contracts.ratings import LEAST_RATED, RatingSeries

from pulso_trends.domain.cube import MICRO, SENTIMENTS
from pulso_trends.domain.ratings.cells import RATED, STARS
from pulso_trends.domain.series import SeriesQuestion
from pulso_trends.domain.tabulating import (
    Cells,
    Fields,
    Floats,
    Integers,
    keys_of,
    names_of,
    series_of,
    tabulate,
    told,
)

_PRIOR: Final = 0.5
"""Ratings that each star is given for the variance (Jeffreys): ten times five stars are not certainty."""
_UPPER_TAIL: Final = 0.975
"""Up to where Student's t reaches in a 95 % interval."""
_SCALE: Final = np.arange(1.0, len(STARS) + 1)
_DIGITS: Final = 4


def series(question: SeriesQuestion, rated: Sequence[Cells], said: Sequence[Cells]) -> list[RatingSeries]:
    """The groups in which anything was rated, most ratings first; ungrouped there is always one.

    Args:
        question: What was asked.
        rated: Sums of `RATED`.
        said: Sums of `SENTIMENTS`, of items with and without a rating.
    """
    period, grouped = question.period, question.group_by is not None
    keys = keys_of(rated, grouped=grouped)
    fields = _fields(
        tabulate(period, keys, rated, len(RATED)), tabulate(period, keys, said, len(SENTIMENTS)).sum(axis=-1)
    )
    names = names_of(keys, grouped=grouped)
    found = [RatingSeries.model_validate(each) for each in series_of(period, names, fields)]
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


def _fields(table: Integers, items: Integers) -> Fields:
    """The fields of points besides their start, group by group."""
    flat, counts = table.reshape(-1, len(RATED)), items.reshape(-1)
    stars = flat[:, : len(STARS)]
    ratings, scores, negative_texts, positive_texts = flat[:, len(STARS) :].T
    rated = stars.sum(axis=-1)
    some, enough = np.maximum(rated, 1), rated >= LEAST_RATED
    means = ratings / MICRO / some
    low, high = np.zeros((2, len(rated)))
    low[enough], high[enough] = mean_intervals(stars[enough], means[enough])
    shares = np.round(stars / some[:, None], _DIGITS).tolist()
    return {
        "count": counts.tolist(),
        "rated": rated.tolist(),
        "rated_share": told(rated / np.maximum(counts, 1), counts > 0, _DIGITS),
        "stars": [dict(zip(STARS, each, strict=True)) if any(each) else None for each in shares],
        "mean": told(means, enough, _DIGITS),
        "low": told(low, enough, _DIGITS),
        "high": told(high, enough, _DIGITS),
        "text_score": told(scores / MICRO / some, enough, _DIGITS),
        "negative_texts": negative_texts.tolist(),
        "positive_texts": positive_texts.tolist(),
        "contradiction_share": told((negative_texts + positive_texts) / some, rated > 0, _DIGITS),
    }
