"""Probabilities that mean what they say, and the confidence from which an answer may be used."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pulso_training.errors import InputError

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]

BINS = 15
REFERENCE_TOKENS = 32
"""The length, in tokens, at which `Scale.slope` has no effect."""

_FEWEST = 50
"""A group with fewer texts says nothing about calibration or thresholds."""
_TINY = 1e-12

COUNTING, ALERTING, AUTOMATION = "counting", "alerting", "automation"
_ACCURACIES = {ALERTING: 0.80, AUTOMATION: 0.90}


class CalibrationError(InputError):
    """Too little to calibrate on, in one sentence."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A temperature for each text, T = exp(intercept + slope ln(tokens / 32) + margin m).

    m is the greatest logit less the second. Logits are divided by T, as in Guo et al. 2017 (ICML), so that no
    label ever changes. A negative `margin` lets confidence rise faster than a constant temperature would.
    """

    intercept: float = 0.0
    slope: float = 0.0
    margin: float = 0.0

    def probabilities(self, logits: Floats, tokens: Integers) -> Floats:
        """Return probabilities [n, classes] from logits [n, classes] and tokens [n]; 0 tokens count as 1."""
        return _softmax(logits, _terms(logits, tokens) @ (self.intercept, self.slope, self.margin))


UNSCALED = Scale()


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which top-class probability an answer may serve a use.

    `coverage` is the share of texts with at least that confidence, `accuracy` the share of right answers
    among them.
    """

    use: str
    confidence: float
    coverage: float
    accuracy: float


def fit_scale(logits: Floats, labels: Integers, tokens: Integers, groups: Sequence[str]) -> Scale:
    """Return the scale under which the confidence best tells whether the label is right.

    It minimises the negative log-likelihood of "the top class is the true one", the event that the expected
    calibration error counts. Every group of at least 50 texts weighs the same, smaller ones nothing.

    Args:
        logits: [n, classes], of texts that were not trained on.
        labels: the true class index [n].
        tokens: [n], as `Scale.probabilities` takes them.
        groups: the domain of each text.

    Raises:
        CalibrationError: when no group has 50 texts.
    """
    weights = _weights(groups)
    terms = _terms(logits, tokens)
    right = logits.argmax(axis=1) == labels

    def loss(parameters: Floats) -> float:
        confidence = _softmax(logits, terms @ parameters).max(axis=1)
        likelihood = np.where(right, confidence, 1 - confidence)
        return float(-(weights * np.log(np.maximum(likelihood, _TINY))).sum())

    found = minimize(loss, np.zeros(terms.shape[1]), method="L-BFGS-B")
    return Scale(*map(float, found.x))


def expected_calibration_error(probabilities: Floats, labels: Integers, bins: int = BINS) -> float:
    """Return the mean gap between confidence and accuracy over bins of equal width, weighted by their texts.

    Perfect probabilities do not reach 0, since bins are noisy, but some 0.055 on 300 texts, 0.03 on 1,000.
    Naeini et al. 2015 (AAAI), with the top class as in Guo et al. 2017.

    Args:
        probabilities: [n, classes], n at least 1.
        labels: the true class index [n].
        bins: how many; a confidence on the edge of two counts to the lower one.
    """
    confidence = probabilities.max(axis=1)
    gap = (probabilities.argmax(axis=1) == labels) - confidence
    chosen = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return float(np.abs(np.bincount(chosen, gap, bins)).sum() / len(labels))


def thresholds(probabilities: Floats, labels: Integers, groups: Sequence[str]) -> list[Threshold]:
    """Return from which confidence an answer may count, raise an alert, or start something by itself.

    Counting takes every text: what is rejected is not a random sample, and shares are corrected by a
    confusion matrix measured on all texts (Forman 2008, "Quantifying counts and costs via classification").
    An alert asks for 80 % right answers, automation for 90 %, over all answers of at least that confidence;
    a use whose accuracy is never reached on 50 texts is left out. Groups weigh alike as in `fit_scale`.

    Args:
        probabilities: [n, classes], calibrated, of texts that were not trained on.
        labels: the true class index [n].
        groups: the domain of each text.

    Raises:
        CalibrationError: when no group has 50 texts.
    """
    weights = _weights(groups)
    order = np.argsort(-probabilities.max(axis=1), kind="stable")
    order = order[weights[order] > 0]
    confidence = probabilities.max(axis=1)[order]
    coverage = np.cumsum(weights[order])
    right = (probabilities.argmax(axis=1) == labels)[order]
    accuracy = np.cumsum(weights[order] * right) / coverage
    last_of_ties = np.append(confidence[1:] < confidence[:-1], True)
    found = [Threshold(COUNTING, 0.0, 1.0, float(accuracy[-1]))]
    for use, least in _ACCURACIES.items():
        good = np.flatnonzero((accuracy >= least) & last_of_ties)
        if len(good) and good[-1] + 1 >= _FEWEST:
            at = good[-1]
            found.append(Threshold(use, float(confidence[at]), float(coverage[at]), float(accuracy[at])))
    return found


def _terms(logits: Floats, tokens: Integers) -> Floats:
    ordered = np.sort(logits, axis=1)
    return np.stack(
        [
            np.ones(len(logits)),
            np.log(np.maximum(tokens, 1) / REFERENCE_TOKENS),
            ordered[:, -1] - ordered[:, -2],
        ],
        axis=1,
    )


def _softmax(logits: Floats, log_temperature: Floats) -> Floats:
    exponents = np.exp((logits - logits.max(axis=1, keepdims=True)) * np.exp(-log_temperature)[:, None])
    probabilities: Floats = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities


def _weights(groups: Sequence[str]) -> Floats:
    names, group, counts = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    counted = np.where(counts >= _FEWEST, counts, np.inf)
    if not np.isfinite(counted).any():
        raise CalibrationError(f"none of {len(names)} groups has the {_FEWEST} texts that calibration needs")
    weights: Floats = (1 / counted / np.isfinite(counted).sum())[group]
    return weights
