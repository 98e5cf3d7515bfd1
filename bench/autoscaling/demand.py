"""What arrives: a day of a delivery company in Peru, second by second."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

DAY: Final = 86_400
HOUR: Final = 3_600
FOLD: Final = 20
"""The peak by the quietest hour."""
_MEALS: Final = ((8.5, 1.0, 0.18), (13.25, 1.1, 0.75), (20.25, 1.4, 1.0))
"""Hour, width in hours and height of breakfast, lunch and dinner."""
_WANDERING: Final = 0.08
"""Standard deviation of the logarithm of the rate around its curve: rain, football, a competitor's outage."""
_WANDERING_SECONDS: Final = 600
_CLUMPS: Final = 50.0
"""Shape of the gamma distribution of a second's rate: counts vary by more than Poisson's."""

Rates = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rush:
    """Something that the curve of the day does not have.

    Attributes:
        start: Second of the day.
        rise: Seconds until it is at its height.
        hold: Seconds at its height.
        fall: Seconds in which it falls to 1/e.
        height: In shares of the day's peak.
    """

    start: int
    rise: int
    hold: int
    fall: int
    height: float

    def curve(self) -> Rates:
        """Its height in every second."""
        since = np.arange(DAY) - self.start
        after = np.maximum(since - self.rise - self.hold, 0)
        decay = np.exp(-after / self.fall) if self.fall else (after == 0).astype(float)
        return self.height * np.clip(since / max(self.rise, 1), 0, 1) * decay


def day(peak: float, seed: int, rushes: tuple[Rush, ...] = ()) -> Rates:
    """Items that arrive in each second.

    Args:
        peak: Items per second at the height of dinner, before noise.
        seed: Of the noise.
        rushes: Beside the usual day.
    """
    generator = np.random.default_rng(seed)
    hours = np.arange(DAY) / HOUR
    bumps = np.zeros(DAY)
    for hour, width, height in _MEALS:
        apart = np.abs(hours - hour)
        bumps = np.maximum(bumps, height * np.exp(-0.5 * (np.minimum(apart, 24 - apart) / width) ** 2))
    usual = 1 / FOLD + (1 - 1 / FOLD) * bumps / bumps.max()
    rates = peak * usual * np.exp(_wandering(generator))
    for rush in rushes:
        rates += peak * rush.curve()
    items: Rates = generator.poisson(rates * generator.gamma(_CLUMPS, 1 / _CLUMPS, DAY)).astype(float)
    return items


def _wandering(generator: np.random.Generator) -> Rates:
    """A first-order autoregression of mean zero, drawn each ten seconds."""
    step = 10
    memory = np.exp(-step / _WANDERING_SECONDS)
    shocks = generator.normal(0, _WANDERING * np.sqrt(1 - memory**2), DAY // step + 1)
    found = np.empty_like(shocks)
    found[0] = shocks[0] / np.sqrt(1 - memory**2)
    for at in range(1, len(found)):
        found[at] = memory * found[at - 1] + shocks[at]
    wandering: Rates = np.interp(np.arange(DAY), np.arange(len(found)) * step, found)
    return wandering
