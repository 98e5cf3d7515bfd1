"""What the texts that a model learnt from look like to it, to tell a text that is unlike them.

The score is the Mahalanobis distance of a text's embedding to those of the training texts (Lee et al. 2018,
NeurIPS), divided by the number of directions, so that a text like them has about 1.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pulso_sentiment.model.array_file import read_arrays

DOMAIN_FILE = "domain.npz"


@dataclass(frozen=True, eq=False)
class KnownTexts:
    """Mean [width] and whitening [width, k] of the training embeddings, and the distance still usual."""

    mean: NDArray[np.float32]
    whitening: NDArray[np.float32]
    limit: float

    def distance(self, embedding: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the squared distance / k of each row of `embedding` [texts, width]."""
        whitened = (embedding - self.mean) @ self.whitening
        distances: NDArray[np.float32] = np.square(whitened).mean(axis=1)
        return distances

    def cover(self, embedding: NDArray[np.float32]) -> list[bool]:
        """Tell of each text, a row of `embedding` [texts, width], whether it is like those learnt from."""
        covered: list[bool] = (self.distance(embedding) <= self.limit).tolist()
        return covered


def read_known_texts(folder: Path) -> KnownTexts | None:
    """Read `domain.npz` of a model folder; None when it has none.

    Raises:
        ValueError: when the file is not what it should be.
    """
    arrays = read_arrays(folder / DOMAIN_FILE, "mean", "whitening", "limit")
    if arrays is None:
        return None
    return KnownTexts(arrays["mean"], arrays["whitening"], arrays["limit"].item())
