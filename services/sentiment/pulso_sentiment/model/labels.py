"""Mapping the labels of any classification model to negative, neutral and positive."""

import re
from collections.abc import Mapping

import numpy as np

from pulso_sentiment.model.base import Array, ModelError

_NAMES = {
    0: {"neg", "negative", "negativo", "negativa", "very negative", "muy negativo", "n"},
    1: {"neu", "neutral", "neutro", "neutra", "mixed", "none"},
    2: {"pos", "positive", "positivo", "positiva", "very positive", "muy positivo", "p"},
}
_STARS = re.compile(r"([1-5])\s*(?:stars?|estrellas?)")
_NUMBERED = re.compile(r"label_(\d+)")


def label_matrix(id2label: Mapping[int, str]) -> Array:
    """Return the 0/1 matrix [model labels, 3] that sums a model's probabilities into the three classes.

    Understood are names (NEG, neutral, "very positive"), stars (1-2, 3, 4-5) and three bare numbers
    LABEL_0..2, which by custom mean negative, neutral, positive.

    Raises:
        ModelError: when a label means nothing here, or no label means negative or positive.
    """
    matrix = np.zeros((len(id2label), 3), np.float32)
    for index, label in id2label.items():
        matrix[index, _class_of(label, len(id2label))] = 1
    if not matrix[:, 0].any() or not matrix[:, 2].any():
        raise ModelError(f"the model's labels {_listed(id2label)} lack negative or positive")
    return matrix


def _class_of(label: str, count: int) -> int:
    plain = label.strip().lower().replace("-", " ")
    for index, names in _NAMES.items():
        if plain in names:
            return index
    if stars := _STARS.fullmatch(plain):
        return (0, 0, 1, 2, 2)[int(stars[1]) - 1]
    if (numbered := _NUMBERED.fullmatch(plain)) and count == 3 and int(numbered[1]) < 3:
        return int(numbered[1])
    raise ModelError(
        f"the model's label {label!r} is neither negative, neutral, positive nor a number of stars"
    )


def _listed(id2label: Mapping[int, str]) -> str:
    return ", ".join(id2label.values())
