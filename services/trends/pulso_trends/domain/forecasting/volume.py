"""How many items a day brings: counts on a logarithmic scale, on which weekdays and holidays multiply."""

from typing import Final

import numpy as np

from pulso_trends.domain.forecasting.effects import WEEK, Floats, effects, holidays
from pulso_trends.domain.forecasting.history import History
from pulso_trends.domain.forecasting.level import Days
from pulso_trends.domain.forecasting.strays import silences, strays

_PRIOR: Final = 0.5
"""Effects of weekdays and holidays are mostly between a half and twice a usual day."""
_WEEKS: Final = 4


def days_of(history: History, ahead: int) -> Days:
    """Return what the model is shown of the volume of the history, and of `ahead` days after it."""
    values = np.log1p(history.counts)
    noise = _noise(history.counts, ahead)
    columns = effects(history.first, len(values) + ahead)
    left_out = strays(values / np.sqrt(noise[: len(values)]), holidays(columns)[: len(values)]) | silences(
        history.counts
    )
    return Days(
        values=np.where(left_out, np.nan, values),
        noise=noise[: len(values)],
        foreseen=noise,
        effects=columns,
        prior=_PRIOR,
    )


def _noise(counts: Floats, ahead: int) -> Floats:
    """The variance of log(1 + count) of each day if items came independently.

    For a Poisson count of mean m it is about m / (1 + m)², by the delta method. The mean is taken from the
    same weekday of the weeks before; in the first week from all of that week.
    """
    means = np.empty(len(counts) + ahead)
    means[:WEEK] = counts[:WEEK].mean()
    for day in range(WEEK, len(means)):
        last = min(day - WEEK, len(counts) - WEEK + (day - len(counts)) % WEEK)
        means[day] = counts[last - WEEK * min(_WEEKS - 1, last // WEEK) : last + 1 : WEEK].mean()
    means = np.maximum(means, 0.25)
    return means / (1 + means) ** 2


def counts_of(values: Floats) -> Floats:
    """Return the counts that values of the logarithmic scale stand for, never below zero."""
    return np.maximum(np.expm1(values), 0.0)
