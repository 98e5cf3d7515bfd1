"""What a group speaks of more than others, told from days that did not make its members members.

People are put into a group because of what they happened to say; counted on the same days, any group of
chance would seem to have a taste. So each day is counted for the group that its person is nearest to without
that day. Each person weighs one, whoever writes much or little. Shares are ratios of sums over people, their
variance linearised (Cochran 1977, 6.3): days of one person are no independent witnesses.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from pulso_trends.domain.segments.grouping import nearest
from pulso_trends.domain.segments.people import Floats, Integers, Table
from pulso_trends.domain.segments.space import unit

_AT_ONCE: Final = 20_000
"""Days that are placed together: it bounds memory."""


@dataclass(frozen=True, slots=True)
class Shares:
    """On which part of their days people spoke of each column.

    Attributes:
        own: Of each group [group, column].
        everybody: Of all [column].
        speakers: People behind each share of `own`.
        surprise: By how many standard errors a share is above that of all other groups.
    """

    own: Floats
    everybody: Floats
    speakers: Integers
    surprise: Floats


def groups_of_days(coordinates: Floats, owner: Integers, people: int, middles: Floats) -> Integers:
    """Return the group of each day: the nearest to its person without that day; -1 where nothing is left.

    Args:
        coordinates: Of each day, before length is taken away.
        owner: The person of each day; ascending.
        people: How many.
        middles: The groups' centres.
    """
    whole = np.stack([np.bincount(owner, column, minlength=people) for column in coordinates.T], axis=1)
    parts = np.array_split(np.arange(len(owner)), len(owner) // _AT_ONCE + 1)
    return np.concatenate([nearest(unit(whole[owner[rows]] - coordinates[rows]), middles) for rows in parts])


def shares(spoken: Table, owner: Integers, group: Integers, groups: int) -> Shares:
    """Return what groups speak of.

    Args:
        spoken: 0 or 1 [day, column].
        owner: The person of each day.
        group: The group of each day; -1: of none.
        groups: How many.
    """
    from scipy.sparse import csr_array

    rows = np.flatnonzero(group >= 0)
    owner, group = owner[rows], group[rows]
    part = 1 / np.maximum(np.bincount(owner), 1)[owner]
    pairs, pair = np.unique(owner * groups + group, return_inverse=True)
    hits = csr_array((part, (pair, rows)), shape=(len(pairs), spoken.shape[0])) @ spoken
    present = np.bincount(pair, part, minlength=len(pairs))
    into = csr_array(
        (np.ones(len(pairs)), (pairs % groups, np.arange(len(pairs)))), shape=(groups, len(pairs))
    )

    def sums(values: Table) -> Floats:
        summed: Floats = (into @ values).toarray()
        return summed

    # Sums over people of: hits, their squares, hits times presence; presence and its squares.
    hit, squares, crossed = sums(hits), sums(hits**2), sums(hits * present[:, None])
    weight, weights_squared = into @ present, into @ present**2
    own, doubt = _ratio(hit, squares, crossed, weight, weights_squared)
    rest, rest_doubt = _ratio(
        *(each.sum(axis=0) - each for each in (hit, squares, crossed, weight, weights_squared))
    )
    spread = np.sqrt(doubt + rest_doubt)
    surprise = np.divide(own - rest, spread, out=np.zeros_like(own), where=spread > 0)
    speakers = sums(hits > 0).astype(np.int64)
    everybody = hit.sum(axis=0) / max(float(weight.sum()), 1.0)
    return Shares(own, everybody, speakers, surprise)


def _ratio(
    hit: Floats, squares: Floats, crossed: Floats, weight: Floats, weights_squared: Floats
) -> tuple[Floats, Floats]:
    """Return ratios of sums and their variances."""
    whole = np.maximum(weight, 1e-12)[:, None]
    ratio = hit / whole
    variance = (squares - 2 * ratio * crossed + ratio**2 * weights_squared[:, None]) / whole**2
    return ratio, np.maximum(variance, 0)
