"""Which words of a text are worth weighing, told before any of them is left out.

What a word does to an answer differs from text to text, but an article seldom does much and "pésimo" seldom
little. A linear guess from the vectors of a word and of its two neighbours, learnt from texts whose words
were all weighed (`pulso_training.usual_weights`), says who comes first; it is never told as a weight.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pulso_sentiment.model.array_file import read_arrays

Array = NDArray[np.float32]

USUAL_WEIGHTS_FILE = "usual_weights.npz"


@dataclass(frozen=True, eq=False)
class UsualWeights:
    """A direction [3 * width] in the vectors of a word and its neighbours: along it words weigh more."""

    direction: Array

    def heaviest(self, vectors: Array, count: int) -> list[int]:
        """Return the places of the `count` words that usually weigh most, in the order of the text.

        Args:
            vectors: Those of the words of one text in order [n, width], as `Model.embed` gives them.
            count: How many; all if there are fewer.
        """
        guesses = with_neighbours(vectors) @ self.direction
        found: list[int] = np.sort(np.argsort(-guesses, kind="stable")[:count]).tolist()
        return found


def with_neighbours(vectors: Array) -> Array:
    """Return the vectors before, at and after each place [n, 3 * width]; zeros beyond the ends."""
    nothing = np.zeros((1, vectors.shape[1]), np.float32)
    before, after = np.vstack([nothing, vectors[:-1]]), np.vstack([vectors[1:], nothing])
    return np.hstack([before, vectors, after])


def read_usual_weights(folder: Path) -> UsualWeights | None:
    """Read `usual_weights.npz` of a model folder; None when it has none.

    Raises:
        ValueError: when the file is not what it should be.
    """
    arrays = read_arrays(folder / USUAL_WEIGHTS_FILE, "direction")
    return None if arrays is None else UsualWeights(arrays["direction"])
