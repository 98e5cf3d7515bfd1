"""The fixed split by text: one fifth is held out from everything, a twentieth chooses between runs."""

import hashlib
import re
import unicodedata
from enum import StrEnum
from functools import lru_cache

_PUNCTUATION = re.compile(r"[^\w\s]|_")
_TWENTIETHS = 20
_HELD_OUT = {0, 5, 10, 15}
_DEVELOPMENT = {1}


class Part(StrEnum):
    """What a text may be used for."""

    TRAIN = "train"
    DEVELOPMENT = "development"
    HELD_OUT = "held-out"


@lru_cache(maxsize=1 << 18)  # each row is asked for its key several times: all of the project's files fit
def normalised(text: str) -> str:
    """Lower-case `text` and strip accents, punctuation and repeated spaces."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(_PUNCTUATION.sub(" ", plain).split())


def part_of(key: str) -> Part:
    """Return the part of a normalised text: the same in whatever file it stands."""
    twentieth = int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % _TWENTIETHS
    if twentieth in _HELD_OUT:
        return Part.HELD_OUT
    return Part.DEVELOPMENT if twentieth in _DEVELOPMENT else Part.TRAIN


def fold_of(key: str, folds: int) -> int:
    """Return the fold of a normalised text, by a hash that does not depend on that of the split."""
    return int.from_bytes(hashlib.sha256(f"fold {key}".encode()).digest()[:8]) % folds
