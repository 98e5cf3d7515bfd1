"""Trimming a 250,002-piece tokeniser to the pieces that Spanish, English and Portuguese texts of Peru need.

Scores stay as they are, so a text tokenises exactly as before whenever all pieces of its best path were kept.
"""

import copy
import unicodedata
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

SPECIALS = ("<s>", "<pad>", "</s>", "<unk>", "<mask>")
WORD_MARK = "▁"
"""What a piece begins with that begins a word."""
_DIGITS_KEPT = 3
_CHUNK = 4096


def seen_ids(tokenizer: Tokenizer, texts: Iterable[str]) -> set[int]:
    """Return the ids of all pieces that occur in `texts`."""
    seen: set[int] = set()
    chunk: list[str] = []
    for text in texts:
        chunk.append(text)
        if len(chunk) == _CHUNK:
            seen.update(*(encoding.ids for encoding in tokenizer.encode_batch_fast(chunk)))
            chunk.clear()
    if chunk:
        seen.update(*(encoding.ids for encoding in tokenizer.encode_batch_fast(chunk)))
    return seen


def is_basic(piece: str) -> bool:
    """Tell whether a piece is kept though not seen: one Latin letter, symbols, emoji, short numbers."""
    body = piece.replace(WORD_MARK, "")
    if not body:
        return True
    if body.isascii() and body.isdigit():
        return len(body) <= _DIGITS_KEPT
    if all(unicodedata.category(character)[0] in "SP" for character in body):
        return True
    return len(body) == 1 and unicodedata.name(body, "").startswith("LATIN")


def trim(specification: dict[str, Any], seen: set[int]) -> tuple[dict[str, Any], NDArray[np.int64]]:
    """Return the trimmed tokenizer.json and, for each new id, the old one (the embedding rows to keep)."""
    pieces: list[tuple[str, float]] = specification["model"]["vocab"]
    kept = [i for i, (piece, _) in enumerate(pieces) if i in seen or piece in SPECIALS or is_basic(piece)]
    new_id = {old: new for new, old in enumerate(kept)}
    trimmed = copy.deepcopy(specification)
    trimmed["model"]["vocab"] = [pieces[i] for i in kept]
    trimmed["model"]["unk_id"] = new_id[specification["model"]["unk_id"]]
    for token in trimmed["added_tokens"]:
        token["id"] = new_id[token["id"]]
    for token in trimmed["post_processor"]["special_tokens"].values():
        token["ids"] = [new_id[i] for i in token["ids"]]
    return trimmed, np.asarray(kept, np.int64)
