"""Which items count as a voice of their own, so that copies and zealots do not make a trend.

An item is a *voice* unless its text is a near copy of one of the last weeks, or its writer has already been
heard often enough that day. All items are kept and counted; trends are tested on voices, and the share of
items that are none is told with each trend.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

Signature = NDArray[np.uint64]

MEMORY_DAYS: Final = 28
"""Days for which texts are remembered."""
VOICES_A_DAY: Final = 3
"""Items of one person that count on one day."""
SHORTEST: Final = 6
"""Words below which equal texts are no copies: many people write "todo muy rico" by themselves."""
_BANDS: Final = 6
_ROWS: Final = 5


def fingerprints(words: Sequence[str]) -> tuple[int, ...]:
    """Return numbers of which near copies of a text share at least one; none for a text too short to copy.

    They are bands of a min-wise signature over pairs of words (Broder 1997). Texts that share 90 % of their
    pairs have a number in common with a chance of 0.995, 80 % with 0.91, 50 % with 0.17, and 5 %, which is
    much for two strangers, with two in a million.

    Args:
        words: Of the text, normalised.
    """
    return bands(signature(pairwise(words))) if len(words) >= SHORTEST else ()


def signature(pairs: Iterable[tuple[str, str]]) -> Signature:
    """Return the min-wise signature of pairs of words; of two sets together it is the lesser one."""
    numbers = np.array([_number(f"{one} {two}") for one, two in pairs], np.uint64)
    least: Signature = (numbers[:, None] * _FACTORS + _SHIFTS).min(axis=0)
    return least


def bands(least: Signature) -> tuple[int, ...]:
    """Return the fingerprints of a text with this signature."""
    return tuple(
        int.from_bytes(blake2b(band.tobytes(), digest_size=8, key=bytes([number])).digest(), signed=True)
        for number, band in enumerate(least.reshape(_BANDS, _ROWS))
    )


def _number(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())


_FACTORS: Final = np.array([_number(f"factor {n}") | 1 for n in range(_BANDS * _ROWS)], np.uint64)
_SHIFTS: Final = np.array([_number(f"shift {n}") for n in range(_BANDS * _ROWS)], np.uint64)
"""Multiply-shift hashing modulo 2**64, always with the same numbers."""
