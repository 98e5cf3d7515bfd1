"""Text as a row of words that compare: without case, accents, stretched letters and regular plurals."""

import re
from functools import lru_cache
from typing import Final

from pulso_trends.domain.folding import fold

_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_VOWELS: Final = "aeiou"
_LONGEST_WORD: Final = 40
"""Characters; longer runs of letters are no word that anybody counts."""


def words(text: str) -> list[str]:
    """Return the words of `text` in order, each as `normal` has it."""
    return [normal(word) for word in fold(text).split() if len(word) <= _LONGEST_WORD]


@lru_cache(maxsize=50_000)
def normal(word: str) -> str:
    """Return a folded word with stretched letters and a regular Spanish plural taken back.

    `ricooos` is `rico`, `panes` is `pan`, `ajies` is `aji`, `papas` is `papa`, `veces` is `vez`. What is left
    need not be a word (`gratis` is `grati`): it only has to be the same for all spellings of one.
    """
    short = _STRETCHED.sub(r"\1", word)
    if len(short) > 4 and short.endswith("ces"):
        return short[:-3] + "z"
    if len(short) > 4 and short.endswith("es") and short[-3] not in _VOWELS.replace("i", ""):
        return short[:-2]
    if len(short) > 3 and short.endswith("s") and short[-2] in _VOWELS:
        return short[:-1]
    return short
