"""The test: does talk of an earlier week make forecasts of the target better, on weeks that chose nothing?"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pulso_trends.domain.leading.forecasts import Floats, explained, held_out_errors
from pulso_trends.domain.leading.shuffling import Integers, shuffled_orders
from pulso_trends.domain.leading.terms import OWN_LAGS, calendar_terms, without_calendar

MOST_LAG: Final = 8
"""Weeks by which talk may lead."""
LEAST_WEEKS: Final = 40
"""Whole weeks with a known target below which nothing is tested."""
LEAST_HEARD: Final = 12
"""Weeks in which the product must have been spoken of."""
LEAST_HELD_OUT: Final = 12
_LEAST_ROWS: Final = 30
LINK_LEVEL: Final = 0.03
"""Of a link's p- or q-value. The aim is one false link in twenty; the shuffled blocks are not quite what talk
would be without the target, so that a level of 0.05 gave 0.057 of them in `bench.sales`."""
LEAST_GAIN: Final = 0.05
"""Share of the held-out squared error that a link must take away: less helps nobody's planning."""
SHUFFLES: Final = 999
_SEED: Final = 20261121
"""The same data always gives the same answer."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the held-out weeks say.

    Attributes:
        lag: Weeks by which talk leads in the form of the forecast that the training weeks chose.
        measure: Which row of talk was chosen.
        slope: Of the target on talk, in units of both one's spreads; above 0 when more goes with more.
        gain: Share of the held-out squared error that talk takes away; below 0 when it adds to it.
        chance: How often talk in shuffled order does as well.
        weeks: Weeks used for fitting and testing.
        held_out: Of these, how many were held out: the last ones.
    """

    lag: int
    measure: int
    slope: float
    gain: float
    chance: float
    weeks: int
    held_out: int

    def is_link(self, chance: float | None = None) -> bool:
        """Whether chance (by default the test's own) is ruled out, and the gain large enough to be of use."""
        return (self.chance if chance is None else chance) <= LINK_LEVEL and self.gain >= LEAST_GAIN


def evidence(target: Floats, talk: Floats, *, shuffles: int = SHUFFLES) -> Evidence | None:
    """Test whether talk helps to forecast the target.

    What is compared with shuffled orders is the mean of e0 (e0 - e1) over held-out weeks, with the errors e0
    without and e1 with talk: half of the statistic of Clark and West 2007, Journal of Econometrics 138, which
    does not punish the larger model for the noise of its coefficient.

    Args:
        target: Of consecutive weeks [week], in a scale in which errors are alike; NaN where nothing was told.
        talk: Measures of talk [measure, MOST_LAG + week], of the same weeks and of the `MOST_LAG` before;
            the first is above 0 in weeks in which the product was spoken of.
        shuffles: How many shuffled orders are compared with.

    Returns:
        The evidence, or None when there is too little to test.
    """
    if np.isfinite(target).sum() < LEAST_WEEKS or np.count_nonzero(talk[0]) < LEAST_HEARD:
        return None
    past = np.column_stack([_lagged(target, lag) for lag in range(1, OWN_LAGS + 1)])
    usable = np.flatnonzero(np.isfinite(target) & np.isfinite(past).all(axis=1))
    if len(usable) < _LEAST_ROWS:
        return None
    held_out = max(LEAST_HELD_OUT, len(usable) // 3)
    first = len(usable) - held_out
    level, spread = target[usable[:first]].mean(), target[usable[:first]].std()
    if spread < 1e-9:
        return None
    base = np.hstack((calendar_terms(len(target))[usable], (past[usable] - level) / spread))
    wanted = (target[usable] - level) / spread

    measures = np.stack([without_calendar(each) for each in talk])
    weeks = np.arange(measures.shape[1])
    orders = np.vstack((weeks, shuffled_orders(len(weeks), shuffles, _SEED)))
    choices = _choose(base[:first], wanted[:first], measures, orders, usable[:first])
    columns = np.stack(
        [
            measures[measure, order[usable + MOST_LAG - lag]]
            for order, (measure, lag) in zip(orders, choices, strict=True)
        ],
        axis=1,
    )
    without, beside, slopes = held_out_errors(base, wanted, columns, first)
    helped = (without[:, None] * (without[:, None] - beside)).mean(axis=0)
    measure, lag = choices[0]
    return Evidence(
        lag=int(lag),
        measure=int(measure),
        slope=float(slopes[0]),
        gain=float(1 - (beside[:, 0] ** 2).mean() / (without**2).mean()),
        chance=float(1 + np.count_nonzero(helped[1:] >= helped[0])) / (1 + shuffles),
        weeks=len(usable),
        held_out=held_out,
    )


def _choose(base: Floats, wanted: Floats, measures: Floats, orders: Integers, rows: Integers) -> Integers:
    """Return for each order the measure and the lag [order, 2] that explain most of the training weeks."""
    most = np.full(len(orders), -1.0)
    choices = np.zeros((len(orders), 2), np.intp)
    for measure, series in enumerate(measures):
        for lag in range(MOST_LAG + 1):
            lowered = explained(base, wanted, series[orders[:, rows + MOST_LAG - lag]].T)
            better = lowered > most
            most[better] = lowered[better]
            choices[better] = measure, lag
    return choices


def _lagged(series: Floats, lag: int) -> Floats:
    return np.concatenate((np.full(lag, np.nan), series[:-lag]))
