"""k-means on directions (Dhillon and Modha 2001): Lloyd's algorithm by scipy, centres of length 1."""

from typing import Final

import numpy as np

from pulso_trends.domain.segments.people import Floats, Integers
from pulso_trends.domain.segments.space import unit

MOST_GROUPS: Final = 12
STARTS: Final = 8
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


def clearest(places: Floats) -> Floats | None:
    """Return the centres of as many groups as stand out most: the best mean silhouette (Rousseeuw 1987).

    None when there are too few different places for two groups.
    """
    tried = [centres(places, groups) for groups in range(2, MOST_GROUPS + 1)]
    found = [each for each in tried if each is not None]
    return max(found, key=lambda each: silhouette(places, each), default=None)


def silhouette(places: Floats, middles: Floats) -> float:
    """Return the mean silhouette of places of length 1 and their nearest centres, by cosine distance.

    The mean distance to a group is the distance to its mean, so no pair has to be looked at.
    """
    own = nearest(places, middles)
    sizes = np.bincount(own, minlength=len(middles))
    sums = np.zeros_like(middles)
    np.add.at(sums, own, places)
    people = np.arange(len(places))
    near = 1 - places @ (sums / np.maximum(sizes, 1)[:, None]).T
    inside = near[people, own] * sizes[own] / np.maximum(sizes[own] - 1, 1)
    near[people, own] = np.inf
    near[:, sizes == 0] = np.inf
    outside = near.min(axis=1)
    widest = np.maximum(inside, outside)
    width = np.divide(outside - inside, widest, out=np.zeros_like(inside), where=widest > 0)
    return float(np.where(sizes[own] > 1, width, 0).mean())
