"""The figures of one group of texts."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from pulso_training.calibrate import expected_calibration_error
from pulso_training.evaluate.answers import Floats, Integers

DECIMALS = 4


@dataclass(frozen=True, slots=True)
class Scores:
    """How well the answers to a group of texts agree with the truth.

    `macro_f1` is the mean of `f1` over the classes that occur in the truth: a class that a group does not
    have cannot be found there. `calibration_error` has 15 bins. `confusion[i][j]` counts texts of class i
    that were read as j.
    """

    texts: int
    macro_f1: float
    accuracy: float
    f1: dict[str, float]
    calibration_error: float
    confusion: list[list[int]]

    def as_json(self) -> dict[str, Any]:
        """Return plain values, shares with four decimals."""
        return asdict(self) | {
            "macro_f1": round(self.macro_f1, DECIMALS),
            "accuracy": round(self.accuracy, DECIMALS),
            "f1": {name: round(value, DECIMALS) for name, value in self.f1.items()},
            "calibration_error": round(self.calibration_error, DECIMALS),
        }


def score(truth: Integers, probabilities: Floats, names: Sequence[str]) -> Scores:
    """Compare probabilities [n, classes] with the true class indices [n]; n is at least 1."""
    counts = confusion(truth, probabilities.argmax(axis=1), len(names))
    each = f1_scores(counts)
    return Scores(
        texts=len(truth),
        macro_f1=macro_f1(counts),
        accuracy=float(np.trace(counts) / counts.sum()),
        f1={name: float(value) for name, value in zip(names, each, strict=True)},
        calibration_error=expected_calibration_error(probabilities, truth),
        confusion=counts.tolist(),
    )


def confusion(truth: Integers, answers: Integers, classes: int) -> Integers:
    """Return counts [truth, answer] of two lists of class indices."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (truth, answers), 1)
    return counts


def f1_scores(counts: Integers) -> Floats:
    """Return F1 per class, 2 tp / (2 tp + fp + fn); 0 for a class in neither truth nor answers."""
    found = counts.diagonal()
    scores: Floats = 2 * found / np.maximum(counts.sum(axis=0) + counts.sum(axis=1), 1)
    return scores


def macro_f1(counts: Integers) -> float:
    """Return the mean F1 over the classes that occur in the truth."""
    return float(f1_scores(counts)[counts.sum(axis=1) > 0].mean())
