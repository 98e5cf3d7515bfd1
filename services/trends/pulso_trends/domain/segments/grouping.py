"""k-means on directions (Dhillon and Modha 2001): Lloyd's algorithm by scipy, centres of length 1."""

from typing import Final

import numpy as np

from pulso_trends.domain.segments.people import Floats, Integers
from pulso_trends.domain.segments.space import unit

STARTS: Final = 5
"""From different people; the best is kept."""
_ROUNDS: Final = 30
NOBODY: Final = -1


def centres(places: Floats, groups: int) -> Floats | None:
    """Return the centres [group, dimension] of the best of several starts; None for too few different places.

    The same places give the same centres.

    Args:
        places: People's, of length 1 and none of 0.
        groups: How many.
    """
    from scipy.cluster.vq import ClusterError, kmeans2

    if len(np.unique(places.round(9), axis=0)) < groups:
        return None
    best: tuple[float, Floats] | None = None
    for start in range(STARTS):
        try:
            found, _ = kmeans2(
                places, groups, iter=_ROUNDS, minit="++", missing="raise", rng=np.random.default_rng(start)
            )
        except ClusterError:
            continue
        found = unit(found)
        near = float((places @ found.T).max(axis=1).sum())
        if best is None or near > best[0]:
            best = near, found
    return None if best is None else best[1]


def nearest(places: Floats, middles: Floats) -> Integers:
    """Return the nearest centre of each place; -1 for places of no length."""
    found: Integers = np.where(places.any(axis=1), (places @ middles.T).argmax(axis=1), NOBODY)
    return found
