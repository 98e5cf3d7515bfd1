"""Weeks of stars beside the talk of those who gave none, and whether that talk leads them.

Talk is what items without a rating say. The text of a rated item says again what its stars say: with it a
link in the same week would be there by construction.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from pulso_contracts.ratings import LEAST_RATED, ProductRatings, RatingWeek

from pulso_trends.domain.cube import MICRO, SENTIMENTS
from pulso_trends.domain.leading.forecasts import Floats
from pulso_trends.domain.leading.link import MOST_LAG
from pulso_trends.domain.leading.range import WEEK, Weeks
from pulso_trends.domain.leading.talk import since_heard
from pulso_trends.domain.leading.verdicts import verdicts
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.ratings.cells import RATED, STARS
from pulso_trends.domain.tabulating import Cells

_RATING, _SCORE = RATED.index("rating"), RATED.index("score")


@dataclass(frozen=True, slots=True)
class History:
    """What one product was given and what was said of it, by week; all but `product` [MOST_LAG + week].

    Attributes:
        product: Its name.
        rated: Items with a rating.
        ratings: Their sum.
        items: Items without one.
        scores: The sum of their scores.
    """

    product: str
    rated: Floats
    ratings: Floats
    items: Floats
    scores: Floats

    @classmethod
    def without_data(cls, product: str, weeks: Weeks) -> "History":
        """Nothing rated, nothing said."""
        return cls(product, *np.zeros((4, MOST_LAG + len(weeks.starts()))))

    def means(self) -> Floats:
        """The mean rating of each week [week]; NaN where fewer than `LEAST_RATED` were given."""
        rated, ratings = self.rated[MOST_LAG:], self.ratings[MOST_LAG:]
        return np.where(rated >= LEAST_RATED, ratings / np.maximum(rated, 1), np.nan)

    def tested(self) -> tuple[Floats, Floats]:
        """Return the mean ratings, and the measures of talk, as the test takes them."""
        return since_heard(self.means(), self.items, self.scores)


def histories(weeks: Weeks, rated: Iterable[Cells], said: Iterable[Cells], limit: int) -> list[History]:
    """The products with most ratings, with what was said of each.

    Args:
        weeks: In question; of the cells those of `weeks.talk()` are given.
        rated: Sums of `RATED` by product and week.
        said: Sums of `MEASURES`, of items with and without a rating.
        limit: Products at most.
    """
    found: dict[str, History] = {}
    for cells in rated:
        if cells.key:
            history = found.setdefault(cells.key, History.without_data(cells.key, weeks))
            number = _number(weeks, cells)
            history.rated[number] = sum(cells.tally[: len(STARS)])
            history.ratings[number] = cells.tally[_RATING] / MICRO
            history.scores[number] -= cells.tally[_SCORE] / MICRO
    for cells in said:
        if cells.key in found:
            history, number = found[cells.key], _number(weeks, cells)
            history.items[number] = sum(cells.tally[: len(SENTIMENTS)]) - history.rated[number]
            history.scores[number] += sum(cells.tally[len(SENTIMENTS) :]) / MICRO
    return sorted(found.values(), key=lambda each: (-each.rated.sum(), each.product))[:limit]


def findings(weeks: Weeks, products: Sequence[History]) -> list[ProductRatings]:
    """Test each product, and tell its weeks."""
    told = verdicts([(history.product, history.tested()) for history in products])
    return [
        ProductRatings(**dict(verdict), series=_series(weeks, history))
        for history, verdict in zip(products, told, strict=True)
    ]


def _number(weeks: Weeks, cells: Cells) -> int:
    return (cells.start - weeks.first) // WEEK + MOST_LAG


def _series(weeks: Weeks, history: History) -> list[RatingWeek]:
    series = []
    for number, (start, mean) in enumerate(zip(weeks.starts(), history.means(), strict=True), start=MOST_LAG):
        count = int(history.items[number])
        series.append(
            RatingWeek(
                start=start_of_day(start).isoformat(),
                mean=round(float(mean), 4) if np.isfinite(mean) else None,
                rated=int(history.rated[number]),
                count=count,
                score=round(history.scores[number] / count, 4) if count else None,
            )
        )
    return series
