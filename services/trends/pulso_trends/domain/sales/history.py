"""One product's weeks of sales and talk, side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from pulso_trends.domain.cube import MICRO
from pulso_trends.domain.sales.forecasts import Floats
from pulso_trends.domain.sales.link import MOST_LAG
from pulso_trends.domain.sales.range import WEEK, Weeks
from pulso_trends.domain.sales.sold import WeekSold
from pulso_trends.domain.series import Cells

_PRIOR_ITEMS: Final = 5.0
"""Items of the mean score that each week is given: a week in which few spoke says little about the score."""


@dataclass(frozen=True, slots=True)
class History:
    """What was sold and said, week by week.

    Attributes:
        product: Whose weeks they are.
        starts: Day numbers of the Mondays.
        units: Sold [week]; NaN where nothing, or not the whole week, was told.
        revenue: Soles [week]; NaN likewise.
        opinions: Items by sentiment [3, MOST_LAG + week], of the weeks and of those before them.
        scores: Sums of the items' scores [MOST_LAG + week].
    """

    product: str
    starts: Sequence[int]
    units: Floats
    revenue: Floats
    opinions: Floats
    scores: Floats

    def tested(self) -> tuple[Floats, Floats]:
        """Return units [week] and measures of talk [2, MOST_LAG + week] of the weeks in which talk was heard.

        What comes before the first item was not heard rather than not said, and its week may have been heard
        in part. The measures are log(1 + items) and the mean score, drawn to that of all weeks.
        """
        items = self.opinions.sum(axis=0)
        heard = np.flatnonzero(items)
        since = 0 if not heard.size or heard[0] == 0 else int(heard[0]) + 1
        items, scores = items[since:], self.scores[since:]
        mean = scores.sum() / max(items.sum(), 1.0)
        score = (scores + _PRIOR_ITEMS * mean) / (items + _PRIOR_ITEMS)
        return self.units[since:], np.stack((np.log1p(items), score))


def histories(weeks: Weeks, sold: Iterable[WeekSold], said: Iterable[Cells]) -> list[History]:
    """The products of `sold`, in their order, with what was said of each."""
    by_product: dict[str, list[WeekSold]] = {}
    for week in sold:
        by_product.setdefault(week.product, []).append(week)
    talk: dict[str, list[Cells]] = {}
    for cells in said:
        talk.setdefault(cells.key, []).append(cells)
    return [_history(product, weeks, rows, talk.get(product, [])) for product, rows in by_product.items()]


def _history(product: str, weeks: Weeks, sold: list[WeekSold], said: list[Cells]) -> History:
    starts = weeks.starts()
    units, revenue = np.full(len(starts), np.nan), np.full(len(starts), np.nan)
    for week in _without_cut_ends(sold):
        number = (week.start - weeks.first) // WEEK
        units[number] = week.units
        revenue[number] = np.nan if week.revenue is None else week.revenue
    opinions, scores = np.zeros((3, MOST_LAG + len(starts))), np.zeros(MOST_LAG + len(starts))
    for cells in said:
        number = (cells.start - weeks.first) // WEEK + MOST_LAG
        opinions[:, number] = cells.tally[:3]
        scores[number] = sum(cells.tally[3:]) / MICRO
    return History(product, starts, units, revenue, opinions, scores)


def _without_cut_ends(sold: list[WeekSold]) -> list[WeekSold]:
    """The weeks without a first or last one of which fewer days were told than of the usual week."""
    usual = float(np.median([week.days for week in sold]))
    begin = 1 if sold[0].days < usual else 0
    end = len(sold) - (1 if sold[-1].days < usual else 0)
    return sold[begin:end]
