"""Talk in another order: as it might have gone if it had nothing to do with the target."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SHORTEST_BLOCK: Final = 13
"""Weeks. Talk remembers itself for weeks; a block keeps that memory, only its ends lose it."""
_MOST_BLOCKS: Final = 6


Integers = NDArray[np.intp]


def shuffled_orders(weeks: int, count: int, seed: int) -> Integers:
    """Return orders [count, weeks] of weeks: rotated at random, cut into blocks, the blocks shuffled.

    A rotation alone, the circular-shift test, keeps the order whole but for one place. It has too few
    different outcomes: with two years of weeks and 9 lags to choose from, about a dozen. So the rotated
    series is cut into 3 to 6 blocks, of 13 weeks where there are enough, which change places and, each with
    even odds, direction (the memory of a linear series is the same both ways). Blocks: Kunsch 1989, Annals
    of Statistics 17.
    """
    generator = np.random.default_rng(seed)
    blocks = max(3, min(_MOST_BLOCKS, weeks // SHORTEST_BLOCK))
    orders: Integers = np.empty((count, weeks), np.intp)
    for order in orders:
        rotated = np.roll(np.arange(weeks), generator.integers(weeks))
        parts = np.array_split(rotated, blocks)
        turned = generator.random(blocks) < 0.5
        order[:] = np.concatenate(
            [parts[which][::-1] if turned[which] else parts[which] for which in generator.permutation(blocks)]
        )
    return orders
