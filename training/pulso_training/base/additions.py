"""Pieces that the published vocabulary lacks: Peruvian and Quechua words, and emoji.

A new piece starts as the mean of what it stood for: a word as the mean of its old pieces, an emoji as the
mean of the pieces of its Spanish name. Masked-word training then moves it (`pulso-train pretrain`).
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import emoji
import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from pulso_training.base.vocabulary import WORD_MARK

PIECES_PER_WORD = 2
"""A word that the vocabulary writes with more pieces than this gets one of its own."""

_SHARE_OF_PATH = 0.5
"""A new word's log-probability as a share of its old pieces' sum: above that, so that the word wins."""
_LANGUAGE = "es"


@dataclass(frozen=True, slots=True)
class Addition:
    """A new piece, its score in the Unigram model, and the pieces whose mean it starts as."""

    piece: str
    score: float
    parts: tuple[int, ...]


def word_additions(tokenizer: Tokenizer, scores: Mapping[int, float], words: Iterable[str]) -> list[Addition]:
    """Return an addition for each word that is written with too many pieces, once."""
    found: dict[str, Addition] = {}
    for word in words:
        ids = tokenizer.encode(word, add_special_tokens=False).ids
        piece = WORD_MARK + word
        if len(ids) > PIECES_PER_WORD and piece not in found:
            found[piece] = Addition(piece, _SHARE_OF_PATH * sum(scores[i] for i in ids), tuple(ids))
    return list(found.values())


def emoji_additions(tokenizer: Tokenizer, score: float) -> list[Addition]:
    """Return an addition for each emoji of one character that the vocabulary lacks."""
    emoji.config.load_language(_LANGUAGE)
    found: list[Addition] = []
    for character, names in sorted(emoji.EMOJI_DATA.items()):
        if len(character) > 1 or _LANGUAGE not in names or tokenizer.token_to_id(character) is not None:
            continue
        name = names[_LANGUAGE].strip(":").replace("_", " ").replace("-", " ")
        parts = tokenizer.encode(name, add_special_tokens=False).ids
        found.append(Addition(character, score, tuple(parts)))
    return found


def add(
    specification: dict[str, Any], embedding: NDArray[np.float32], additions: Iterable[Addition]
) -> tuple[dict[str, Any], NDArray[np.float32]]:
    """Return tokenizer.json and embedding [pieces, width] with the additions at their ends."""
    wanted = list(additions)
    extended = copy.deepcopy(specification)
    extended["model"]["vocab"] += [[addition.piece, addition.score] for addition in wanted]
    rows = [embedding[list(addition.parts)].mean(axis=0) for addition in wanted]
    return extended, np.vstack([embedding, *(row[None] for row in rows)])
