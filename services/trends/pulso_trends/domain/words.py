"""Text as a row of words that compare: without case, accents, stretched letters and regular plurals."""

import re
from functools import lru_cache
from typing import Final

from pulso_trends.domain.folding import fold

_STRETCHED: Final = re.compile(r"(.)\1{2,}")
_LONGEST_WORD: Final = 40
"""Characters; longer runs of letters are no word that anybody counts."""


def words(text: str) -> list[str]:
    """Return the words of `text` in order, each as `normal` has it."""
    return [normal(word) for word in fold(text).split() if len(word) <= _LONGEST_WORD]


@lru_cache(maxsize=50_000)
def normal(word: str) -> str:
    """Return a folded word without stretched letters, and without what Spanish adds to make a plural.

    `ricooos` is `rico`, `papas` is `papa`, `panes` is `pan`. What is left need not be a word: `ceviche` and
    `ceviches` are `cevich`, `vez` and `veces` are `vec`. It only has to be the same for all spellings of one.
    """
    short = _STRETCHED.sub(r"\1", word)
    if len(short) > 3 and short.endswith("s"):
        short = short[:-1]
    if len(short) > 3 and short.endswith("e"):
        short = short[:-1]
    return short[:-1] + "c" if short.endswith("z") else short
