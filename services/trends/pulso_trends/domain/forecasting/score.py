"""How items of a day sound on average: the more items a day has, the less chance is in its mean."""

from typing import Final

import numpy as np

from pulso_trends.domain.forecasting.effects import WEEK, Floats, effects, holidays
from pulso_trends.domain.forecasting.history import History
from pulso_trends.domain.forecasting.level import Days
from pulso_trends.domain.forecasting.strays import strays

_PRIOR: Final = 0.05
"""Effects of weekdays and holidays are mostly within a twentieth, on a scale from -1 to 1."""
_WEEKS: Final = 8


def days_of(history: History, ahead: int) -> Days:
    """Return what the model is shown of the scores of the history, and of `ahead` days after it.

    Days without items are days on which nothing is known, not days with a score of zero.
    """
    counts, scores = history.counts, history.scores
    noise = 1 / np.maximum(counts, 1)
    columns = effects(history.first, len(scores) + ahead)
    left_out = strays(scores / np.sqrt(noise), holidays(columns)[: len(scores)])
    return Days(
        values=np.where(left_out, np.nan, scores),
        noise=noise,
        foreseen=_foreseen(counts, ahead),
        effects=columns,
        prior=_PRIOR,
    )


def _foreseen(counts: Floats, ahead: int) -> Floats:
    """The mean of 1 / items of each day that is to be expected from the same weekday of the weeks before it.

    Weeks without items on that weekday tell nothing; where all are such, a day will have one item if any.
    """
    inverse = np.where(counts > 0, 1 / np.maximum(counts, 1), np.nan)
    first = inverse[:WEEK][counts[:WEEK] > 0]
    foreseen = np.full(len(counts) + ahead, float(first.mean()))
    for day in range(WEEK, len(foreseen)):
        last = min(day - WEEK, len(counts) - WEEK + (day - len(counts)) % WEEK)
        weeks = inverse[last - WEEK * min(_WEEKS - 1, last // WEEK) : last + 1 : WEEK]
        known = weeks[np.isfinite(weeks)]
        foreseen[day] = known.mean() if len(known) else 1.0
    return foreseen
