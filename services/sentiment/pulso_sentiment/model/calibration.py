"""From logits to probabilities that can be believed.

Temperature scaling (Guo et al. 2017, ICML) whose temperature depends on the length of the text, since short
texts leave more doubt than their logits tell, and on how far the first class is ahead. It never changes which
class is likeliest.
"""

from collections.abc import Sequence

import numpy as np

from pulso_sentiment.model.base import Array
from pulso_sentiment.model.card import TemperatureScale

USUAL_TOKENS = 32
"""The length at which `intercept` alone is the logarithm of the temperature."""


def softmax(logits: Array) -> Array:
    """Return row-wise probabilities."""
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Array = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities


def calibrated(logits: Array, tokens: Sequence[int], scale: TemperatureScale) -> Array:
    """Return probabilities [texts, classes] of texts of so many `tokens`, special ones included."""
    lengths = np.array(tokens, np.float32)[:, None]
    ordered = np.sort(logits, axis=1)
    ahead = ordered[:, -1:] - ordered[:, -2:-1]
    temperature = np.exp(
        scale.intercept + scale.slope * np.log(lengths / USUAL_TOKENS) + scale.margin * ahead
    )
    return softmax((logits / temperature).astype(np.float32))
