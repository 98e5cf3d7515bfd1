"""The talk of a product as the test takes it."""

from typing import Final

import numpy as np

from pulso_trends.domain.leading.forecasts import Floats

_PRIOR_ITEMS: Final = 5.0
"""Items of the mean score that each week is given: a week in which few spoke says little about the score."""


def since_heard(target: Floats, items: Floats, scores: Floats) -> tuple[Floats, Floats]:
    """Return the target [week] and measures of talk [2, MOST_LAG + week] since talk was heard.

    What comes before the first item was not heard rather than not said, and its week may have been heard
    in part. The measures are log(1 + items) and the mean score, drawn to that of all weeks.

    Args:
        target: By week.
        items: How many were said [MOST_LAG + week], in the weeks and in those before them.
        scores: Sums of their scores [MOST_LAG + week].
    """
    heard = np.flatnonzero(items)
    since = 0 if not heard.size or heard[0] == 0 else int(heard[0]) + 1
    items, scores = items[since:], scores[since:]
    mean = scores.sum() / max(items.sum(), 1.0)
    score = (scores + _PRIOR_ITEMS * mean) / (items + _PRIOR_ITEMS)
    return target[since:], np.stack((np.log1p(items), score))
