"""From logits to probabilities that can be believed.

Temperature scaling (Guo et al. 2017, ICML) whose temperature depends on the length of the text, since short
texts leave more doubt than their logits tell, and on how far the first class is ahead. It never changes which
class is likeliest.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pulso_sentiment.model.base import Array
from pulso_sentiment.model.card import TemperatureScale

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]

USUAL_TOKENS = 32
"""The length at which `intercept` alone is the logarithm of the temperature."""


def softmax(logits: Floats) -> Floats:
    """Return row-wise probabilities."""
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities


def temperatures(logits: Floats, tokens: Sequence[int] | Integers, scale: TemperatureScale) -> Floats:
    """Return what the logits [texts, classes] of texts of so many `tokens` are divided by, [texts, 1].

    Special tokens count, windows together; 0 tokens count as 1.
    """
    lengths = np.maximum(np.asarray(tokens, np.float64), 1)[:, None]
    ordered = np.sort(logits, axis=1)
    ahead = ordered[:, -1:] - ordered[:, -2:-1]
    whole: Floats = np.exp(
        scale.intercept + scale.slope * np.log(lengths / USUAL_TOKENS) + scale.margin * ahead
    )
    return whole


def calibrated(logits: Floats, tokens: Sequence[int] | Integers, scale: TemperatureScale) -> Array:
    """Return probabilities [texts, classes]; arguments as for `temperatures`."""
    return softmax(logits / temperatures(logits, tokens, scale)).astype(np.float32)
