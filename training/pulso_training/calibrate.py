"""Probabilities that mean what they say, and the confidence from which an answer may be used."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pulso_sentiment.model.calibration import softmax, temperatures
from pulso_sentiment.model.card import TemperatureScale, Threshold
from scipy.optimize import minimize

from pulso_training.errors import InputError

Floats = NDArray[np.floating]
Integers = NDArray[np.integer]

BINS = 15
_FEWEST = 50
"""A group with fewer texts says nothing about calibration or thresholds."""
_TINY = 1e-12

_ACCURACIES: dict[Literal["alerting", "automation"], float] = {"alerting": 0.80, "automation": 0.90}


class CalibrationError(InputError):
    """Too little to calibrate on, in one sentence."""


def fit_scale(logits: Floats, labels: Integers, tokens: Integers, groups: Sequence[str]) -> TemperatureScale:
    """Return the scale under which the confidence best tells whether the label is right.

    It minimises the negative log-likelihood of "the top class is the true one", the event that the expected
    calibration error counts. Every group of at least 50 texts weighs the same, smaller ones nothing.

    Args:
        logits: [n, classes], of texts that were not trained on.
        labels: the true class index [n].
        tokens: [n], as `calibrated` takes them.
        groups: the domain of each text.

    Raises:
        CalibrationError: when no group has 50 texts.
    """
    weights = _weights(groups)
    exact = logits.astype(np.float64)
    right = logits.argmax(axis=1) == labels

    def loss(parameters: Floats) -> float:
        scale = _scale(parameters)
        confidence = softmax(exact / temperatures(exact, tokens, scale)).max(axis=1)
        likelihood = np.where(right, confidence, 1 - confidence)
        return float(-(weights * np.log(np.maximum(likelihood, _TINY))).sum())

    return _scale(minimize(loss, np.zeros(3), method="L-BFGS-B").x)


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
    found = [Threshold(use="counting", confidence=0.0, coverage=1.0, accuracy=float(accuracy[-1]))]
    for use, least in _ACCURACIES.items():
        good = np.flatnonzero((accuracy >= least) & last_of_ties)
        if len(good) and good[-1] + 1 >= _FEWEST:
            at = good[-1]
            found.append(
                Threshold(
                    use=use,
                    confidence=float(confidence[at]),
                    coverage=float(coverage[at]),
                    accuracy=float(accuracy[at]),
                )
            )
    return found


def _scale(parameters: Floats) -> TemperatureScale:
    intercept, slope, margin = map(float, parameters)
    return TemperatureScale(intercept=intercept, slope=slope, margin=margin)


def _weights(groups: Sequence[str]) -> Floats:
    names, group, counts = np.unique(np.asarray(groups), return_inverse=True, return_counts=True)
    counted = np.where(counts >= _FEWEST, counts, np.inf)
    if not np.isfinite(counted).any():
        raise CalibrationError(f"none of {len(names)} groups has the {_FEWEST} texts that calibration needs")
    weights: Floats = (1 / counted / np.isfinite(counted).sum())[group]
    return weights
