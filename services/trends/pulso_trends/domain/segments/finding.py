"""Finding segments: from people to groups of at least ten, and what may be told of each."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from pulso_contracts.segments import NoSegments

from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.emerging.places import DEPARTMENT_NAMES
from pulso_trends.domain.segments.division import Division, Undivided, divided
from pulso_trends.domain.segments.matching import Profile
from pulso_trends.domain.segments.people import Floats, Integers, People, Table
from pulso_trends.domain.segments.profile import Shares, shares
from pulso_trends.domain.segments.tags import Tag

LEAST_VOICES: Final = 5
"""Of a person; of whom less is known counts in no segment."""
LEAST_IN_SEGMENT: Final = 10
LEAST_IN_CELL: Final = 5
"""People behind any figure: k-anonymity (Sweeney 2002)."""
FALSE_SHARE: Final = 0.05
"""Of the concepts and tags that are told at most this part is chance (Benjamini and Hochberg 1995)."""
LEAST_LIFT: Final = 1.25
LEAST_TAG_LIFT: Final = 1.5
"""A tag describes people in a word, so it must set them apart by more."""
MOST_CONCEPTS: Final = 12
_PROFILE_CONCEPTS: Final = 60


@dataclass(frozen=True, slots=True)
class Spoken:
    """A concept, by its id, or a tag: the share of days on which a segment speaks of it, and everybody."""

    id: str
    share: float
    share_of_all: float

    @property
    def lift(self) -> float:
        """How many times as often as everybody."""
        return self.share / self.share_of_all


@dataclass(frozen=True, slots=True)
class Group:
    """One segment; nothing in it is of fewer than five people.

    Attributes:
        people: At least ten.
        items: Voices of theirs.
        moods: Of these, by sentiment.
        score: The mean of these.
        departments: People by department, where they are enough.
        concepts: What they speak of more than others, the surest first.
        tags: What fits them.
        profile: By which the segment is known again.
    """

    people: int
    items: int
    moods: tuple[int, ...]
    score: float
    departments: dict[str, int]
    concepts: tuple[Spoken, ...]
    tags: tuple[Spoken, ...]
    profile: Profile


@dataclass(frozen=True, slots=True)
class Finding:
    """Segments, the largest first, or why there are none; `chance` as of `Division`."""

    groups: tuple[Group, ...]
    reason: NoSegments | None
    chance: float | None


def find_segments(people: People, known_tags: tuple[Tag, ...]) -> Finding:
    """Group people who talk about the same things; the same people give the same groups.

    Args:
        people: With at least `LEAST_VOICES` voices each.
        known_tags: The columns of `people.tags`.
    """
    division = divided(people)
    if isinstance(division, Undivided):
        return Finding((), division.reason, division.chance)
    groups = described(people, division, known_tags).values()
    ordered = sorted(groups, key=lambda group: (-group.people, sorted(group.profile.items())))
    return Finding(tuple(ordered), None, division.chance)


def described(people: People, division: Division, known_tags: tuple[Tag, ...]) -> dict[int, Group]:
    """Return the groups of a division, by their numbers, that are large enough to hide their members."""
    spoken = shares(people.concepts, people.owner, division.days, division.groups)
    tagged = shares(people.tags, people.owner, division.days, division.groups)
    concepts = surely_more(spoken, people.names, LEAST_LIFT)
    tags = surely_more(tagged, tuple(tag.id for tag in known_tags), LEAST_TAG_LIFT)
    return {
        number: _group(people, members, concepts[number], tags[number], division.tastes)
        for number in range(division.groups)
        if len(members := np.flatnonzero(division.members == number)) >= LEAST_IN_SEGMENT
    }


def surely_more(found: Shares, ids: tuple[str, ...], least_lift: float) -> list[tuple[Spoken, ...]]:
    """Return what is surely and clearly spoken of more, for each group, the surest first."""
    from scipy.stats import false_discovery_control, norm

    enough = found.speakers >= LEAST_IN_CELL
    sure = np.ones_like(found.own)
    if enough.any():
        sure[enough] = false_discovery_control(norm.sf(found.surprise[enough]))
    chosen = enough & (sure <= FALSE_SHARE) & (found.own >= least_lift * found.everybody)
    return [
        tuple(
            Spoken(ids[column], float(found.own[group, column]), float(found.everybody[column]))
            for column in np.argsort(-found.surprise[group], kind="stable")
            if chosen[group, column]
        )[:MOST_CONCEPTS]
        for group in range(len(found.own))
    ]


def _group(
    people: People, members: Integers, concepts: tuple[Spoken, ...], tags: tuple[Spoken, ...], tastes: Table
) -> Group:
    moods = people.moods[members].sum(axis=0)
    items = int(people.voices[members].sum())
    places = people.departments[members]
    counts = np.bincount(places[places >= 0], minlength=len(DEPARTMENT_NAMES))
    own = tastes[members]
    speakers = np.bincount(own.indices, minlength=own.shape[1])
    middle = np.where(speakers >= LEAST_IN_CELL, own.mean(axis=0), 0.0)
    return Group(
        people=len(members),
        items=items,
        moods=tuple(int(moods[number]) for number in range(len(SENTIMENTS))),
        score=float(people.scores[members].sum() / items),
        departments={
            DEPARTMENT_NAMES[place]: int(counts[place])
            for place in np.argsort(-counts, kind="stable")
            if counts[place] >= LEAST_IN_CELL
        },
        concepts=concepts,
        tags=tags,
        profile=_profile(middle, people.names),
    )


def _profile(middle: Floats, names: tuple[str, ...]) -> Profile:
    kept = np.argsort(-middle, kind="stable")[:_PROFILE_CONCEPTS]
    length = float(np.linalg.norm(middle[kept])) or 1.0
    return {names[column]: round(float(middle[column]) / length, 4) for column in kept if middle[column] > 0}
