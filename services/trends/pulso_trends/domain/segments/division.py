"""Dividing people into groups: whether, into how many, and who belongs to which."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pulso_contracts.segments import NoSegments

from pulso_trends.domain.segments.grouping import clearest, nearest
from pulso_trends.domain.segments.people import Integers, People, Table
from pulso_trends.domain.segments.profile import groups_of_days
from pulso_trends.domain.segments.space import Space, unit
from pulso_trends.domain.segments.structure import by_person, chance_of_structure

LEAST_PEOPLE: Final = 60
"""Below, no two groups could be told apart of which each hides its members."""
MOST_LEARNT_FROM: Final = 5_000
"""People from whom groups are learnt; more find their nearest group and would hardly move one."""
LEVEL: Final = 0.01
"""Chance at which people count as different. Each day is a test: one false day in a hundred."""


@dataclass(frozen=True, slots=True)
class Division:
    """People in groups.

    Attributes:
        groups: How many.
        chance: Of differences as large among people without tastes.
        members: The group of each person; -1 of who speaks of nothing known.
        days: The group of each day, as its person's other days tell it; -1 where they tell nothing.
        tastes: What each person speaks of, weighted, of length 1 [person, concept].
    """

    groups: int
    chance: float
    members: Integers
    days: Integers
    tastes: Table


@dataclass(frozen=True, slots=True)
class Undivided:
    """Why there are no groups; `chance` as of `Division`, None when nothing was tested."""

    reason: NoSegments
    chance: float | None = None


def divided(people: People) -> Division | Undivided:
    """Return the groups that people fall into; the same people fall into the same."""
    if len(people) < LEAST_PEOPLE:
        return Undivided(NoSegments.NOT_ENOUGH_PEOPLE)
    few = min(len(people), MOST_LEARNT_FROM)
    rows = int(np.searchsorted(people.owner, few))
    chance = chance_of_structure(people.owner[:rows], people.days[:rows], people.concepts[:rows], few)
    if chance > LEVEL:
        return Undivided(NoSegments.NO_STRUCTURE, chance)
    counts = by_person(people.owner, people.concepts, len(people))
    space = Space(counts[:few])
    places = unit(space.coordinates(counts))
    learnt = places[:few]
    middles = clearest(learnt[learnt.any(axis=1)])
    if middles is None:
        return Undivided(NoSegments.NO_STRUCTURE, chance)
    days = groups_of_days(space.coordinates(people.concepts), people.owner, len(people), middles)
    return Division(len(middles), chance, nearest(places, middles), days, space.weighted(counts))
