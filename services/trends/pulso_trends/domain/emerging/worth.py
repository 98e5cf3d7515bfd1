"""How much of the error each test is worth: little is spent on series too small to show a change."""

from typing import Final

import numpy as np
from scipy.stats import norm

from pulso_trends.domain.emerging.dispersion import Floats, divided
from pulso_trends.domain.emerging.expectation import PRIOR, Expectation

_A_CHANGE: Final = 4.0
"""What would be a pity to miss: four times as much, or a quarter."""
_A_LEVEL: Final = norm.isf(1e-4)
"""Standard deviations at a level that a day's tests are commonly held to, when one in five hundred moved."""
_RISES_TO_FALLS: Final = 3.0
_LEAST: Final = 0.1
"""Of a rise: what is new may be louder than any change."""


def worth(compared: Expectation) -> Floats:
    """Return the weight of each test, the rises first: the chance that it would find a large change.

    Weights may be chosen by anything that says nothing of the chances of what did not change (independent
    filtering: Bourgon, Gentleman and Huber 2010, PNAS; hypothesis weighting: Ignatiadis et al. 2016, Nature
    Methods). Here that is how much was heard in the stretch and its baseline together: given their sum, how
    a Poisson count divides into the two does not depend on it. Only its parts among all weights matter.

    Args:
        compared: The comparison of a week with weeks before it.
    """
    ratio = divided(compared.expected, compared.baseline + PRIOR)
    usual = (compared.observed + compared.baseline) * divided(ratio, 1 + ratio)
    noise = np.sqrt(1 + compared.variance * usual)
    rise = 2 * (np.sqrt(_A_CHANGE * usual) - np.sqrt(usual)) / noise
    fall = 2 * (np.sqrt(usual) - np.sqrt(usual / _A_CHANGE)) / noise
    rises = np.maximum(norm.cdf(rise - _A_LEVEL), _LEAST)
    return np.concatenate([_RISES_TO_FALLS * rises, norm.cdf(fall - _A_LEVEL)])
