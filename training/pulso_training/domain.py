"""How far a text lies from the training texts, by its embedding."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pulso_sentiment.model.known_texts import DOMAIN_FILE, KnownTexts
from sklearn.covariance import ledoit_wolf

Floats = NDArray[np.floating]

_WITHIN = 0.99
"""The share of development texts that count as within the domain."""


def fit_domain(training: Floats, development: Floats) -> KnownTexts:
    """Return the domain of training embeddings [n, width], its limit set on development embeddings.

    All directions are kept, with the covariance shrunk after Ledoit and Wolf 2004: foreign texts show in the
    directions in which training texts hardly vary.
    """
    mean = training.mean(axis=0, dtype=np.float64)
    covariance, _ = ledoit_wolf(training - mean, assume_centered=True)
    values, vectors = np.linalg.eigh(covariance)
    whitening = vectors / np.sqrt(values)
    open_ended = KnownTexts(mean.astype(np.float32), whitening.astype(np.float32), math.inf)
    return replace(open_ended, limit=float(np.quantile(open_ended.distance(development), _WITHIN)))


def save_domain(known: KnownTexts, folder: Path) -> None:
    """Write `domain.npz` of a model folder, which serving reads."""
    np.savez(folder / DOMAIN_FILE, mean=known.mean, whitening=known.whitening, limit=np.float32(known.limit))
