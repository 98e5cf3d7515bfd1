"""Intervals as wide as past errors were, not as the model believes."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pulso_trends.domain.forecasting.effects import WEEK, Floats

_SETTLING: Final = 3 * WEEK
"""First days whose errors are not counted: the model did not know the week yet."""
_PRIOR_ERRORS: Final = 19
"""Errors of a normal distribution that join the past ones, so that a short past is not taken at its word."""
_HALF_LIFE: Final = 180.0
"""Days after which an error weighs half."""
_SURE: Final = 0.95
"""The level up to which past errors are asked; beyond it they are too few, and strays among them."""
_TAIL: Final = 12
"""Degrees of freedom of Student's t, whose shape continues the errors beyond."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Past errors in standard deviations of the model, in rising order, and their weights, which sum to 1."""

    values: Floats
    weights: Floats

    def interval(self, level: float) -> tuple[float, float]:
        """Return between which errors the given share of them lies, with equal shares on both sides.

        This is split conformal prediction with weights that fade (Barber et al. 2023, Annals of Statistics
        51): the interval covers what past intervals of this width would have covered.
        """
        from scipy.stats import t

        asked = min(level, _SURE)
        stretch = float(t.ppf(0.5 + level / 2, _TAIL) / t.ppf(0.5 + asked / 2, _TAIL))
        low, high = self._quantile(0.5 - asked / 2), self._quantile(0.5 + asked / 2)
        return min(low, low * stretch), max(high, high * stretch)

    def _quantile(self, share: float) -> float:
        middles = np.cumsum(self.weights) - self.weights / 2
        return float(np.interp(share, middles, self.values))


def past_errors(errors: Floats) -> Errors:
    """Return the errors to calibrate by.

    Args:
        errors: One for each day, in standard deviations of the model, the latest last; NaN where unknown.
    """
    from scipy.stats import norm

    ages = np.arange(len(errors))[::-1]
    known = np.isfinite(errors) & (np.arange(len(errors)) >= _SETTLING)
    normal = norm.ppf((np.arange(_PRIOR_ERRORS) + 0.5) / _PRIOR_ERRORS)
    values = np.concatenate([errors[known], normal])
    weights = np.concatenate([0.5 ** (ages[known] / _HALF_LIFE), np.ones(_PRIOR_ERRORS)])
    order = np.argsort(values, kind="stable")
    return Errors(values[order], weights[order] / weights.sum())
