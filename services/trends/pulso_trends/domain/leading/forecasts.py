"""One-step-ahead forecasts of the target, with and without one column of talk, for many columns at once."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_BASE_RIDGE: Final = 0.1
"""Weeks' worth of evidence that each coefficient of the base is 0; keeps short histories solvable."""
_TALK_RIDGE: Final = 1.0
"""The same for the coefficient of talk, whose columns have unit variance."""


@dataclass(slots=True)
class _Sums:
    """Cross products over the weeks seen so far; a week more costs one update, whatever the columns."""

    base: Floats
    base_target: Floats
    base_talk: Floats
    talk_target: Floats
    talk_talk: Floats

    @classmethod
    def over(cls, base: Floats, target: Floats, talk: Floats) -> "_Sums":
        return cls(base.T @ base, base.T @ target, base.T @ talk, target @ talk, (talk**2).sum(axis=0))

    def add(self, base: Floats, target: float, talk: Floats) -> None:
        self.base += np.outer(base, base)
        self.base_target += base * target
        self.base_talk += base[:, None] * talk
        self.talk_target += target * talk
        self.talk_talk += talk**2

    def fit(self) -> tuple[Floats, Floats, Floats, Floats]:
        """Return coefficients of the base and of talk on it, and numerators and denominators of slopes.

        What the base explains is taken out of the target and of each column of talk; the slope is that of
        what remains (Frisch and Waugh 1933, Econometrica 1).
        """
        ridge = np.full(len(self.base), _BASE_RIDGE)
        ridge[0] = 0.0
        targets = np.column_stack((self.base_target, self.base_talk))
        both = np.asarray(np.linalg.solve(self.base + np.diag(ridge), targets), np.float64)
        own, of_talk = both[:, 0], both[:, 1:]
        numerator = (
            self.talk_target - self.base_target @ of_talk - own @ self.base_talk + own @ self.base @ of_talk
        )
        squares = self.talk_talk - (2 * self.base_talk * of_talk).sum(axis=0)
        squares += (of_talk * (self.base @ of_talk)).sum(axis=0)
        return own, of_talk, numerator, np.maximum(squares, 0.0) + _TALK_RIDGE


def explained(base: Floats, target: Floats, talk: Floats) -> Floats:
    """Return by how much each column of talk lowers the sum of squared errors within these weeks.

    Args:
        base: Terms that are known without talk [week, term]; the first is the level.
        target: What is forecast [week].
        talk: Columns of unit variance [week, column].
    """
    _, _, numerator, denominator = _Sums.over(base, target, talk).fit()
    lowered: Floats = numerator**2 / denominator
    return lowered


def held_out_errors(base: Floats, target: Floats, talk: Floats, first: int) -> tuple[Floats, Floats, Floats]:
    """Forecast each week from `first` on by a fit to all weeks before it.

    Args:
        base: Terms that are known without talk [week, term]; the first is the level.
        target: What is forecast [week].
        talk: Columns of unit variance [week, column].
        first: Number of the first week that is held out.

    Returns:
        Errors without talk [held-out week], with each column [held-out week, column], and the slopes
        of the last fit [column].
    """
    sums = _Sums.over(base[:first], target[:first], talk[:first])
    without, beside = np.empty(len(target) - first), np.empty((len(target) - first, talk.shape[1]))
    slopes = np.zeros(talk.shape[1])
    for number, week in enumerate(range(first, len(target))):
        own, of_talk, numerator, denominator = sums.fit()
        slopes = numerator / denominator
        missed = target[week] - base[week] @ own
        without[number] = missed
        beside[number] = missed - slopes * (talk[week] - base[week] @ of_talk)
        sums.add(base[week], target[week], talk[week])
    return without, beside, slopes
