"""The next days of one series: what is expected, and between which bounds."""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import Final

import numpy as np

from pulso_trends.domain.forecasting import score, volume
from pulso_trends.domain.forecasting.calibration import Errors, past_errors
from pulso_trends.domain.forecasting.effects import Floats
from pulso_trends.domain.forecasting.history import History
from pulso_trends.domain.forecasting.level import Filtered, filtered, learn

NARROW: Final = 0.8
WIDE: Final = 0.95


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of one day; `narrow` and `wide` are the bounds of the 80 and the 95 % interval."""

    mean: float
    narrow: tuple[float, float]
    wide: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Outlook:
    """The days after a history, in order."""

    volume: list[Expected]
    score: list[Expected]


def outlook(history: History, ahead: int) -> Outlook:
    """Return what the next days should bring.

    Args:
        history: Whole days, with enough of them.
        ahead: How many days to foretell.
    """
    of_volume, of_score = volume.days_of(history, ahead), score.days_of(history, ahead)
    counts, scores = np.log1p(history.counts), history.scores
    counted = _foretold(
        filtered(of_volume, learn(of_volume)), counts, ahead, restored=volume.counts_of, bent=True
    )
    return Outlook(
        volume=[_whole(each) for each in counted],
        score=_foretold(
            filtered(of_score, learn(of_score)), scores, ahead, restored=_within_scale, bent=False
        ),
    )


def _foretold(
    model: Filtered, truth: Floats, ahead: int, *, restored: Callable[[Floats], Floats], bent: bool
) -> list[Expected]:
    """Foretell each day from the last one, by the errors that days before it made equally many days ahead.

    On a bent scale the mean is that of the restored values with all past errors (smearing, Duan 1983), as the
    middle of logarithms is not that of counts. It is kept within the narrow interval.

    Args:
        model: The history, gone through.
        truth: Its values as they were, strays included: intervals must bear with them.
        ahead: How many days.
        restored: From the model's scale to that of the answer.
        bent: Whether the two scales differ by more than their bounds.
    """
    found = []
    for steps in range(1, ahead + 1):
        expected, deviation = model.ahead(steps)
        now = len(truth) - 1
        errors = past_errors((truth[steps:] - expected[: now + 1 - steps]) / deviation[: now + 1 - steps])
        centre, unit = float(expected[now]), float(deviation[now])
        narrow, wide = (_bounds(errors, level, centre, unit, restored) for level in (NARROW, WIDE))
        mean = float(restored(centre + unit * errors.values) @ errors.weights) if bent else centre
        found.append(Expected(min(max(mean, narrow[0]), narrow[1]), narrow, wide))
    return found


def _bounds(
    errors: Errors, level: float, centre: float, unit: float, restored: Callable[[Floats], Floats]
) -> tuple[float, float]:
    low, high = restored(centre + unit * np.array(errors.interval(level)))
    return float(low), float(high)


def _within_scale(values: Floats) -> Floats:
    return np.clip(values, -1.0, 1.0)


def _whole(expected: Expected) -> Expected:
    """Bounds in whole items, which hold the same days: no day has a count between two whole numbers."""
    mean = expected.mean

    def whole(bounds: tuple[float, float]) -> tuple[float, float]:
        low, high = bounds
        return float(min(ceil(low), floor(mean))), float(max(floor(high), ceil(mean)))

    return Expected(mean, whole(expected.narrow), whole(expected.wide))
