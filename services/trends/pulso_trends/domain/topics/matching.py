"""Which of the former topics a new one goes on from."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

import numpy as np

LEAST_OVERLAP: Final = 0.3
"""Of the weight that either topic holds, the part that both hold: when a topic falls apart its larger part
goes on, when two become one that of the heavier."""


def match(
    groups: Sequence[AbstractSet[str]],
    former: Mapping[int, AbstractSet[str]],
    weights: Mapping[str, float],
) -> list[int | None]:
    """Return for each group the id of the former topic that it goes on from, or None.

    One to one, so that all overlaps together are the greatest (Kuhn 1955), each a weighted Jaccard index.

    Args:
        groups: Disjoint sets of terms.
        former: The terms of each former topic.
        weights: Of all these terms.
    """
    # Needed once a week, and slow to load: half a second of the service's start.
    from scipy.optimize import linear_sum_assignment

    ids = sorted(former)
    overlaps = np.array([[_overlap(each, former[one], weights) for one in ids] for each in groups])
    found: list[int | None] = [None] * len(groups)
    if ids and groups:
        for row, column in zip(*linear_sum_assignment(-overlaps), strict=True):
            if overlaps[row, column] >= LEAST_OVERLAP:
                found[row] = ids[column]
    return found


def _overlap(one: AbstractSet[str], other: AbstractSet[str], weights: Mapping[str, float]) -> float:
    both = sum(weights[term] for term in sorted(one & other))
    return both / sum(weights[term] for term in sorted(one | other)) if both else 0.0
