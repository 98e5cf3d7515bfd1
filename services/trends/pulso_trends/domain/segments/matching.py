"""Stable ids: which new segment is which former one."""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

LEAST_LIKENESS: Final = 0.5
"""Cosine of two profiles below which they are not the same segment."""

Profile = Mapping[str, float]
"""What a segment speaks of: weights of concepts, of length 1; of no single person."""


def matched(new: Sequence[Profile], former: Mapping[int, Profile]) -> list[int | None]:
    """Return for each new segment the id of the former one that it continues, or None.

    Each former one is continued once; together they are as alike as possible (Kuhn 1955).
    """
    if not new or not former:
        return [None] * len(new)
    # Scipy is loaded by who needs it.
    from scipy.optimize import linear_sum_assignment

    ids = sorted(former)
    alike = np.array([[_cosine(each, former[known]) for known in ids] for each in new])
    # What is not alike enough must not win over two that are.
    alike[alike < LEAST_LIKENESS] = 0
    found: list[int | None] = [None] * len(new)
    for row, column in zip(*linear_sum_assignment(alike, maximize=True), strict=True):
        if alike[row, column] > 0:
            found[row] = ids[column]
    return found


def _cosine(one: Profile, other: Profile) -> float:
    return sum(weight * other.get(concept, 0.0) for concept, weight in one.items())
