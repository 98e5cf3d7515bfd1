"""Days that lie outside what the days before them let expect."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from pulso_contracts.forecast import Measure

from pulso_trends.domain.forecasting import score, volume
from pulso_trends.domain.forecasting.calibration import past_errors
from pulso_trends.domain.forecasting.effects import Floats
from pulso_trends.domain.forecasting.history import History
from pulso_trends.domain.forecasting.level import Days, filtered, learn

_AGAIN: Final = 14
"""Days after which pace, share and spread are learnt anew; each day in between updates level and effects."""


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One day that was not to be expected.

    Attributes:
        day: Of Peru.
        measure: What was unusual about it.
        value: What it brought.
        expected: What the days before it let expect.
        low: The lower bound of that expectation.
        high: The upper one.
    """

    day: date
    measure: Measure
    value: float
    expected: float
    low: float
    high: float


def anomalies(history: History, start: int, level: float) -> list[Anomaly]:
    """Return the days outside, in order; days with too short a past are not judged.

    Args:
        history: Whole days.
        start: The number of the first day to judge.
        level: The share of days that the interval shall hold.
    """
    found = []
    for begin in range(max(start, history.enough_from), len(history.counts), _AGAIN):
        # Learnt from the days before the stretch, then led through it: no day is judged by itself.
        upto = history.until(begin + _AGAIN)
        found += _outside(upto, begin, level, Measure.VOLUME)
        found += _outside(upto, begin, level, Measure.SCORE)
    return sorted(found, key=lambda each: (each.day, each.measure))


def _outside(history: History, begin: int, level: float, measure: Measure) -> list[Anomaly]:
    of: Callable[[History, int], Days] = volume.days_of if measure is Measure.VOLUME else score.days_of
    whole = of(history, 0)
    model = filtered(whole, learn(of(history.until(begin), 0)))
    counted = measure is Measure.VOLUME
    truth = np.log1p(history.counts) if counted else history.scores
    # How many items a past day had is known: a mean of two items may lie further off than one of two hundred.
    expected, deviation = model.ahead(1, whole.noise)
    errors = (truth[1:] - expected) / deviation
    found = []
    for day in range(begin, len(truth)):
        low, high = past_errors(errors[: day - 1]).interval(level)
        if np.isnan(truth[day]) or low <= errors[day - 1] <= high:
            continue
        scaled = np.array([0.0, low, high]) * deviation[day - 1] + expected[day - 1]
        values = volume.counts_of(scaled) if counted else np.clip(scaled, -1.0, 1.0)
        value = history.counts[day] if counted else history.scores[day]
        if (value < values[1] or value > values[2]) and not _same(value, values):
            found.append(Anomaly(history.day(day), measure, float(value), *map(float, values)))
    return found


def _same(value: float, bounds: Floats) -> bool:
    """Whether a value leaves its bounds by no more than the last digit of an answer."""
    return bool(bounds[1] - 1e-6 <= value <= bounds[2] + 1e-6)
