"""One product's weeks of sales and talk, side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pulso_trends.domain.cube import MICRO
from pulso_trends.domain.leading.forecasts import Floats
from pulso_trends.domain.leading.link import MOST_LAG
from pulso_trends.domain.leading.range import WEEK, Weeks
from pulso_trends.domain.leading.talk import since_heard
from pulso_trends.domain.sales.sold import WeekSold
from pulso_trends.domain.tabulating import Cells


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
        """Return the logarithms of the units, and the measures of talk, as the test takes them."""
        return since_heard(np.log1p(self.units), self.opinions.sum(axis=0), self.scores)


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
