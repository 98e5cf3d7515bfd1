"""Whether people differ at all: what one half of their days tells of the other.

Every other day of each person is set aside. Groups are made of the first half only, and both halves are
sorted into them. The mutual information of the two labels is what the groups tell about what the same people
say on other days. Pairing each first half with the other half of somebody else says how much of it chance
gives: where no person has a taste, all pairings are alike, so the test is exact (Fisher 1935). Others are
people who say about as much, in about the same season: neither is a taste.
"""

from typing import Final

import numpy as np

from pulso_trends.domain.segments.grouping import centres, nearest
from pulso_trends.domain.segments.people import Booleans, Floats, Integers, Table
from pulso_trends.domain.segments.space import Space, unit

TRIED: Final = (2, 3, 5, 8, 12)
"""Numbers of groups; what differs at all differs in one of them."""
PAIRINGS: Final = 199
_QUARTERS: Final = (0.25, 0.5, 0.75)
_SEASON_DAYS: Final = 30
_SEED: Final = 9


def chance_of_structure(owner: Integers, days: Integers, concepts: Table, people: int) -> float:
    """Return how often people without tastes would tell as much of themselves, for any number of groups.

    Args:
        owner: The person of each row; ascending.
        days: The day of each row; ascending for a person.
        concepts: What was spoken of [row, concept].
        people: How many.
    """
    first_row = np.searchsorted(owner, np.arange(people))
    other = (np.arange(len(owner)) - first_row[owner]) % 2 == 1
    made, aside = (by_person(owner, concepts, people, half) for half in (~other, other))
    space = Space(made)
    here, there = (unit(space.coordinates(each)) for each in (made, aside))
    both = here.any(axis=1) & there.any(axis=1)
    if not both.any():
        return 1.0
    here, there = here[both], there[both]
    amounts, middle_days = aside.sum(axis=1), _middle_days(owner, days, people)
    pairings = _pairings(_alike(amounts[both], middle_days[both]))
    surprise, by_chance = 0.0, np.zeros(PAIRINGS)
    for groups in TRIED:
        middles = centres(here, groups)
        if middles is None:
            break
        labels, echo = nearest(here, middles), nearest(there, middles)
        null = np.array([_information(labels, echo[each], groups) for each in pairings])
        usual, spread = float(null.mean()), float(null.std()) or 1.0
        surprise = max(surprise, (_information(labels, echo, groups) - usual) / spread)
        by_chance = np.maximum(by_chance, (null - usual) / spread)
    return float((1 + np.count_nonzero(by_chance >= surprise)) / (PAIRINGS + 1))


def by_person(owner: Integers, concepts: Table, people: int, rows: Booleans | None = None) -> Table:
    """Return on how many of the rows each person spoke of each concept."""
    from scipy.sparse import csr_array

    chosen = np.arange(len(owner)) if rows is None else np.flatnonzero(rows)
    adding = csr_array((np.ones(len(chosen)), (owner[chosen], chosen)), shape=(people, len(owner)))
    return adding @ concepts


def _information(labels: Integers, echo: Integers, groups: int) -> float:
    """Return the mutual information of two labels of the same people, in nats."""
    joint = np.bincount(labels * groups + echo, minlength=groups**2).reshape(groups, groups) / len(labels)
    alone = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    told = joint * np.log(np.divide(joint, alone, out=np.ones_like(joint), where=joint > 0))
    return float(told.sum())


def _middle_days(owner: Integers, days: Integers, people: int) -> Floats:
    sums = np.bincount(owner, days, minlength=people)
    middle: Floats = sums / np.maximum(np.bincount(owner, minlength=people), 1)
    return middle


def _alike(amounts: Floats, middle_days: Floats) -> Integers:
    """Return a number for each person that those share who say about as much in about the same season."""
    amount = np.searchsorted(np.quantile(amounts, _QUARTERS), amounts)
    season = (middle_days // _SEASON_DAYS).astype(np.int64)
    found: Integers = season * (len(_QUARTERS) + 1) + amount
    return found


def _pairings(alike: Integers) -> list[Integers]:
    """Return who lends their other half to whom, several times, always among those who are alike."""
    draw = np.random.default_rng(_SEED)
    place = np.argsort(alike, kind="stable")
    pairings = []
    for _ in range(PAIRINGS):
        shuffled = np.empty_like(place)
        shuffled[place] = np.lexsort((draw.random(len(alike)), alike))
        pairings.append(shuffled)
    return pairings
