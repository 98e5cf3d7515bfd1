"""How well a served model reads held-out texts, file by file."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from pulso_sentiment.model import Model
from pulso_sentiment.model.offline import predict
from sklearn.metrics import confusion_matrix, f1_score

from pulso_training.corpus import LABELS, Row


@dataclass(frozen=True)
class Result:
    """Scores on one file; `confusion[i][j]` counts texts of class i read as class j, in `LABELS` order."""

    texts: int
    accuracy: float
    macro_f1: float
    f1: dict[str, float]
    confusion: list[list[int]]


def judge(truth: Sequence[str], answers: Sequence[str]) -> Result:
    """Compare answers with the truth; a class that occurs in neither counts as F1 0."""
    each = f1_score(truth, answers, labels=LABELS, average=None, zero_division=0)
    return Result(
        texts=len(truth),
        accuracy=round(float(np.mean([a == b for a, b in zip(truth, answers, strict=True)])), 4),
        macro_f1=round(float(np.mean(each)), 4),
        f1={label: round(float(value), 4) for label, value in zip(LABELS, each, strict=True)},
        confusion=confusion_matrix(truth, answers, labels=LABELS).tolist(),
    )


def answers(model: Model, rows: Sequence[Row]) -> list[str]:
    """Return the label that the model gives to each row."""
    _, probabilities = predict(model, [row.text for row in rows])
    return [LABELS[i] for i in probabilities.argmax(axis=1)]


def evaluate(model: Model, parts: Mapping[str, Sequence[Row]]) -> dict[str, Result]:
    """Return the result for each part."""
    return {name: judge([row.label for row in rows], answers(model, rows)) for name, rows in parts.items()}


def as_json(results: Mapping[str, Result]) -> dict[str, object]:
    """Return results as plain values by file."""
    return {name: asdict(result) for name, result in results.items()}


def table(results: Mapping[str, Result]) -> list[str]:
    """Return one line per file for a terminal."""
    return [
        f"{name:24} {result.texts:6,} texts  macro-F1 {result.macro_f1:.3f}  accuracy {result.accuracy:.3f}  "
        + "  ".join(f"{label} {value:.2f}" for label, value in result.f1.items())
        for name, result in results.items()
    ]
