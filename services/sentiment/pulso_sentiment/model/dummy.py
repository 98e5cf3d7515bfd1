"""A model without weights: counts a few words. For tests of the whole stack, never for an opinion."""

import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pulso_contracts.scoring import Emotion

from pulso_sentiment.model.base import Answers, Array, Tokenised, Tokens
from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.model.known_texts import KnownTexts
from pulso_sentiment.model.preprocess import preprocess
from pulso_sentiment.model.usual_weights import UsualWeights
from pulso_sentiment.model.windows import split
from pulso_sentiment.model.word_vectors import mean_vectors

_WORD = re.compile(r"\w+")
_WIDTH = 16
"""Of the vectors of words."""


def _id(word: str) -> int:
    return zlib.crc32(word.encode())


def _pieces(text: str) -> list[int]:
    return [_id(word) for word in _WORD.findall(preprocess(text).lower())]


def _drawn(pieces: NDArray[np.int64]) -> Array:
    return np.stack([np.random.default_rng(piece).normal(size=_WIDTH) for piece in pieces]).astype(np.float32)


_POSITIVE = frozenset(
    map(_id, ("bacán", "buenazo", "excelente", "rico", "rica", "rápido", "recomendado", "bueno"))
)
_NEGATIVE = frozenset(
    map(_id, ("estafa", "frío", "malo", "mala", "pésimo", "tarde", "caro", "horrible", "nunca"))
)


class DummyModel:
    """Deterministic and instant; the id of a word is its CRC-32."""

    known_texts: KnownTexts | None = None
    usual_weights: UsualWeights | None = None
    devices = 1

    def __init__(self) -> None:
        self.card = ModelCard(
            name="dummy", version="dummy-1", runtime="dummy", precision="none", emotions=tuple(Emotion)
        )

    def tokenise(self, texts: Sequence[str]) -> list[Tokenised]:
        """Clean and split into words."""
        return [self._tokenised(_pieces(text)) for text in texts]

    def forward(self, batch: Sequence[Tokens]) -> Answers:
        """Return logits that lean to the side with more known words: joy there, anger here."""
        balance = np.array(
            [
                sum(id_ in _POSITIVE for id_ in tokens.ids) - sum(id_ in _NEGATIVE for id_ in tokens.ids)
                for tokens in batch
            ],
            np.float32,
        )
        same = np.zeros_like(balance)
        emotion = {Emotion.OTHERS: same + 0.5, Emotion.JOY: 2 * balance, Emotion.ANGER: -2 * balance}
        return Answers(
            sentiment=np.stack([-2 * balance, same + 0.5, 2 * balance], axis=1),
            emotion=np.stack([emotion.get(each, same) for each in Emotion], axis=1),
        )

    def embed(self, texts: Sequence[str]) -> Array:
        """Return means of vectors that are drawn by the words' ids."""
        return mean_vectors([_pieces(text) for text in texts], _drawn)

    def operations(self, _tokens: int) -> float:
        """Count nothing: no matrix is multiplied."""
        return 0.0

    def peak_operations(self) -> float | None:
        """Tell none."""
        return None

    def warmup(self) -> None:
        """Nothing to build."""

    def _tokenised(self, pieces: Sequence[int]) -> Tokenised:
        windows, truncated = split(pieces, self.card.max_tokens, self.card.max_windows)
        return Tokenised([Tokens(window) for window in windows], truncated)
