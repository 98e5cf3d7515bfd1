"""What the engine asks of a model, whatever runs it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.model.known_texts import KnownTexts
from pulso_sentiment.model.shapes import grid_length, grid_rows
from pulso_sentiment.model.usual_weights import UsualWeights

Array = NDArray[np.float32]


class ModelError(Exception):
    """A model that cannot be loaded, in one sentence for an operator."""


class NoWordVectors(Exception):
    """The model's file holds no vectors of words, or holds them in a form that is not read."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """One window of a text, as the model reads it, special pieces included."""

    ids: list[int]


@dataclass(frozen=True, slots=True)
class Tokenised:
    """One text, cleaned and cut into windows: none when nothing readable is left, one for most texts.

    Attributes:
        windows: What `Model.forward` reads, in the order of the text.
        truncated: Whether the end of the text is in no window.
        unknown_share: Share of its pieces that are not in the model's vocabulary.
    """

    windows: list[Tokens]
    truncated: bool = False
    unknown_share: float = 0.0

    @property
    def length(self) -> int:
        """Length in tokens, all windows together."""
        return sum(len(window.ids) for window in self.windows)


class Answers(NamedTuple):
    """What a model says about n windows or texts; a model without a head leaves its answers out.

    Attributes:
        sentiment: Logits [n, 3] of negative, neutral, positive, before calibration.
        emotion: Logits [n, 7] in the order of the card's emotions.
        embedding: Means of the token states [n, width].
    """

    sentiment: Array
    emotion: Array | None = None
    embedding: Array | None = None

    def each(self, change: Callable[[Array], Array]) -> "Answers":
        """Return the answers with `change` applied to each part that is there."""
        sentiment, *others = self
        return Answers(change(sentiment), *(None if part is None else change(part) for part in others))


def join(several: Sequence[Answers]) -> Answers:
    """Return the answers of one model, one after the other; there must be some."""
    sentiment, *others = (
        [part for part in parts if part is not None] for parts in zip(*several, strict=True)
    )
    return Answers(np.concatenate(sentiment), *(np.concatenate(part) if part else None for part in others))


class Model(Protocol):
    """A loaded model; `tokenise` is called from one thread at a time, `forward` from one per device."""

    card: ModelCard
    known_texts: KnownTexts | None
    usual_weights: UsualWeights | None
    devices: int
    """How many batches are best computed beside each other."""

    def tokenise(self, texts: Sequence[str]) -> list[Tokenised]:
        """Clean and tokenise texts, cutting each into windows that the model can read."""
        ...

    def forward(self, batch: Sequence[Tokens]) -> Answers:
        """Read windows; none may be empty."""
        ...

    def embed(self, texts: Sequence[str]) -> Array:
        """Return what the words of texts mean, apart from their order [texts, width]; any thread may ask.

        Zeros stand for a text without words.

        Raises:
            NoWordVectors: The model's file holds none.
        """
        ...

    def operations(self, tokens: int) -> float:
        """Return the floating point operations that a window of so many tokens needs, without padding."""
        ...

    def peak_operations(self) -> float | None:
        """Measure the operations per second of matrix products alone; None where there are none."""
        ...

    def warmup(self) -> None:
        """Run once on usual shapes, so that the first customer does not wait for kernels to be built."""
        ...


def pad(batch: Sequence[Tokens], pad_id: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return ids and mask, padded in both directions to a shape of the grid; windows come first.

    A row without a window repeats the first one: a row of padding only would divide by zero.
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
