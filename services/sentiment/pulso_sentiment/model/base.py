"""What the engine asks of a model, whatever runs it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.model.shapes import grid_length, grid_rows

Array = NDArray[np.float32]


class ModelError(Exception):
    """A model that cannot be loaded, in one sentence for an operator."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One tokenised text; `ids` is empty when nothing readable was left after cleaning."""

    ids: list[int]
    truncated: bool = False


class Model(Protocol):
    """A loaded model. `tokenise` and `forward` are called from different threads, each from one at a time."""

    card: ModelCard

    def tokenise(self, texts: Sequence[str]) -> list[Tokens]:
        """Clean and tokenise texts, cutting each at the model's longest input."""
        ...

    def forward(self, batch: Sequence[Tokens]) -> Array:
        """Return probabilities [texts, 3] in the order negative, neutral, positive; no text may be empty."""
        ...

    def warmup(self) -> None:
        """Run once on usual shapes, so that the first customer does not wait for kernels to be built."""
        ...


def softmax(logits: Array) -> Array:
    """Return row-wise probabilities."""
    exponents = np.exp(logits - logits.max(axis=1, keepdims=True))
    probabilities: Array = exponents / exponents.sum(axis=1, keepdims=True)
    return probabilities


def pad(batch: Sequence[Tokens], pad_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids and mask, padded in both directions to a shape of the grid; texts come first.

    A row without a text repeats the first one: a row of padding only would divide by zero.
    """
    shape = grid_rows(len(batch)), grid_length(max(len(tokens.ids) for tokens in batch))
    ids = np.full(shape, pad_id, np.int64)
    mask = np.zeros(shape, np.int64)
    for row, tokens in enumerate(batch):
        ids[row, : len(tokens.ids)] = tokens.ids
        mask[row, : len(tokens.ids)] = 1
    ids[len(batch) :] = ids[0]
    mask[len(batch) :] = mask[0]
    return ids, mask
