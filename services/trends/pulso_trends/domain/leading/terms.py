"""What the target is forecast from without talk: its own past, the trend and the season of the year."""

from typing import Final

import numpy as np

from pulso_trends.domain.leading.forecasts import Floats

OWN_LAGS: Final = 2
"""Weeks of the target's own past that a forecast knows."""
WEEKS_OF_YEAR: Final = 365.25 / 7
_WEEKS_FOR_TWO_WAVES: Final = 104


def calendar_terms(weeks: int) -> Floats:
    """Return level, trend and waves of the year [week, term] of so many consecutive weeks.

    One wave (sine and cosine of a year), and with two years of weeks also the one of half a year.
    """
    numbers = np.arange(weeks)
    waves = 2 if weeks >= _WEEKS_FOR_TWO_WAVES else 1
    angles = 2 * np.pi * numbers[:, None] / WEEKS_OF_YEAR * np.arange(1, waves + 1)
    trend = np.linspace(-1.0, 1.0, weeks)[:, None]
    return np.hstack((np.ones((weeks, 1)), trend, np.sin(angles), np.cos(angles)))


def without_calendar(series: Floats) -> Floats:
    """Return a series freed of level, trend and season, with unit variance; zeros when it is constant."""
    terms = calendar_terms(len(series))
    left = series - terms @ np.linalg.lstsq(terms, series, rcond=None)[0]
    spread = float(left.std())
    return left / spread if spread > 1e-9 else np.zeros_like(series)
