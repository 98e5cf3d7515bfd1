"""From one number per text, low for bad and high for good, to three classes."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pulso_training.corpus import LABELS, Row
from pulso_training.evaluate.scores import confusion, macro_f1

Floats = NDArray[np.floating]

_STEPS = 40


def by_cuts(training: Sequence[Row], polarity: Floats, test_polarity: Floats) -> Floats:
    """Return certain answers [test, 3] with the two cuts that give the best macro-F1 on the training rows.

    Below the lower cut is negative, from the upper one positive, between them neutral.
    """
    truth = np.array([LABELS.index(row.label) for row in training])
    edges = np.unique(np.quantile(polarity, np.linspace(0, 1, _STEPS + 1), method="higher"))
    levels = [*edges.tolist(), float("inf")]
    pairs = [(low, high) for i, low in enumerate(levels) for high in levels[i:]]
    scores = [macro_f1(confusion(truth, _classes(polarity, *pair), len(LABELS))) for pair in pairs]
    return np.eye(len(LABELS))[_classes(test_polarity, *pairs[int(np.argmax(scores))])]


def _classes(polarity: Floats, low: float, high: float) -> NDArray[np.int64]:
    return (polarity >= low).astype(np.int64) + (polarity >= high)
