"""How far a text lies from the training texts, by its embedding."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.covariance import ledoit_wolf

Floats = NDArray[np.floating]

_WITHIN = 0.99
"""The share of development texts that count as within the domain."""


@dataclass(frozen=True, slots=True)
class Domain:
    """The training texts as one Gaussian over embeddings; beyond `limit` a text is out of domain.

    `mean` is [width], `whitening` [width, width]. The distance is that of Mahalanobis, squared and divided by
    the width, as in Lee et al. 2018 (NeurIPS) without classes.
    """

    mean: Floats
    whitening: Floats
    limit: float

    def distance(self, embeddings: Floats) -> Floats:
        """Return the distance [n] of embeddings [n, width]; about 1 for a training text."""
        return _distance(embeddings, self.mean, self.whitening)

    def save(self, path: Path) -> None:
        """Write `domain.npz` in float32."""
        np.savez(
            path,
            mean=self.mean.astype(np.float32),
            whitening=self.whitening.astype(np.float32),
            limit=np.float32(self.limit),
        )


def fit_domain(training: Floats, development: Floats) -> Domain:
    """Return the domain of training embeddings [n, width], its limit set on development embeddings.

    All directions are kept, with the covariance shrunk after Ledoit and Wolf 2004: foreign texts show in the
    directions in which training texts hardly vary.
    """
    mean = training.mean(axis=0, dtype=np.float64)
    covariance, _ = ledoit_wolf(training - mean, assume_centered=True)
    values, vectors = np.linalg.eigh(covariance)
    whitening = vectors / np.sqrt(values)
    limit = np.quantile(_distance(development, mean, whitening), _WITHIN)
    return Domain(mean, whitening, float(limit))


def load_domain(path: Path) -> Domain:
    """Read what `Domain.save` wrote."""
    with np.load(path) as arrays:
        return Domain(arrays["mean"], arrays["whitening"], float(arrays["limit"]))


def _distance(embeddings: Floats, mean: Floats, whitening: Floats) -> Floats:
    white: Floats = (embeddings - mean) @ whitening
    distance: Floats = np.square(white).mean(axis=1)
    return distance
