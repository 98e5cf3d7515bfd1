"""Which words usually weigh: learnt from training texts whose words were each left out in turn."""

import random
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pulso_contracts.scoring import Explanation
from pulso_sentiment.domain.explaining import words
from pulso_sentiment.model import Model
from pulso_sentiment.model.usual_weights import USUAL_WEIGHTS_FILE, UsualWeights, with_neighbours
from sklearn.linear_model import RidgeCV

from pulso_training.storage import BEGUN, writing

TEXTS = 1_500
"""Each is read once per word: some nine minutes on two cores without AMX. Of 300 less is learnt
(docs/adr/0031-words-worth-weighing.md)."""
SHORTEST, LONGEST = 6, 40
"""Words: of fewer there is little to choose from, and what comes after them is cut off."""
_PENALTIES = (0.3, 1.0, 3.0, 10.0)


def openings(texts: Sequence[str]) -> list[str]:
    """Draw texts, always the same of the same, and cut them to their first words."""
    drawn = random.Random(0).sample(texts, len(texts))
    found = ((text, words(text)) for text in drawn)
    opened = (
        text if len(spans) <= LONGEST else text[: spans[LONGEST - 1].end]
        for text, spans in found
        if len(spans) >= SHORTEST
    )
    return list(islice(opened, TEXTS))


def fit_usual_weights(model: Model, explanations: Sequence[Explanation]) -> UsualWeights:
    """Return the direction along which words weigh more, by ridge regression on some explanations.

    What is learnt is a word's rank within its text (0 the lightest, towards 1 the heaviest, by size whatever
    the sign), since only the order within a text matters; the penalty is chosen by leave-one-out.
    """
    inputs = [with_neighbours(model.embed([word.word for word in each.words])) for each in explanations]
    ranks = [_ranks(np.abs([word.weight or 0.0 for word in each.words])) for each in explanations]
    fitted = RidgeCV(_PENALTIES).fit(np.vstack(inputs), np.concatenate(ranks))
    return UsualWeights(fitted.coef_.astype(np.float32))


def save_usual_weights(usual: UsualWeights, folder: Path) -> None:
    """Write `usual_weights.npz` of a model folder, which serving reads.

    Raises:
        StorageError: when it cannot be written; what was there before is still there.
    """
    with writing(folder):
        begun = folder / (USUAL_WEIGHTS_FILE + BEGUN)
        with begun.open("wb") as file:
            np.savez(file, direction=usual.direction)
        begun.replace(folder / USUAL_WEIGHTS_FILE)


def _ranks(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    return sizes.argsort().argsort() / len(sizes)
