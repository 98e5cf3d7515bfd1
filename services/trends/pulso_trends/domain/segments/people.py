"""Who spoke of what on which day: the table that segments are found in."""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pulso_contracts.emerging import ConceptKind

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.emerging.places import DEPARTMENT_NAMES
from pulso_trends.domain.segments.tags import Tag
from pulso_trends.domain.words import words

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Booleans = NDArray[np.bool_]
Table = Any
"""A sparse array of scipy (csr), which has no types."""

_NOWHERE: Final = -1
_DEPARTMENTS: Final = {name: number for number, name in enumerate(DEPARTMENT_NAMES) if name}


class Voice(NamedTuple):
    """One item of a person whose writer is known.

    Attributes:
        customer: The keyed hash of their id.
        day: Peru's day of its creation.
        region: A department, if known.
        sentiment: Of the whole item.
        score: From -1 to 1.
        aspects: Service aspects, each with the sentiment of the opinion on it.
    """

    customer: str
    day: int
    region: str | None
    text: str
    sentiment: str
    score: float
    aspects: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class People:
    """People without names, in an order that tells nothing, and their days.

    Attributes:
        voices: Of each person.
        moods: Voices by sentiment [person, sentiment].
        scores: The sum of the scores of each person.
        departments: The number of each person's most frequent department; -1 when none is known.
        owner: The person of each day; ascending.
        days: Each day's number.
        concepts: Whether a concept was spoken of on a day [day, concept], as 0 and 1.
        tags: The same for tags.
        names: The concepts' ids.
    """

    voices: Integers
    moods: Integers
    scores: Floats
    departments: Integers
    owner: Integers
    days: Integers
    concepts: Table
    tags: Table
    names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.voices)


class Gathering:
    """Collects voices into `People`; what it holds grows with the voices, not with their texts."""

    def __init__(self, taxonomy: Taxonomy, tags: Sequence[Tag]) -> None:
        """Nothing is collected yet.

        Args:
            taxonomy: What people may speak of. Its terms, which no list has, are no tastes and are left out.
            tags: What else is looked for in each voice.
        """
        self._taxonomy = taxonomy
        self._tags = tags
        kinds = taxonomy.concepts.values()
        self._names = tuple(each.id for each in kinds if each.kind is not ConceptKind.TERM)
        self._columns = {name: column for column, name in enumerate(self._names)}
        self._people: dict[str, int] = {}
        self._owner, self._day, self._mood, self._place = (array("i") for _ in range(4))
        self._score = array("f")
        self._spoken, self._tagged = (array("i"), array("i")), (array("i"), array("i"))

    def add(self, voices: Iterable[Voice]) -> None:
        """Take in voices, in any order."""
        for voice in voices:
            number = len(self._owner)
            self._owner.append(self._people.setdefault(voice.customer, len(self._people)))
            self._day.append(voice.day)
            self._mood.append(_MOODS[voice.sentiment])
            self._place.append(_DEPARTMENTS.get(voice.region or "", _NOWHERE))
            self._score.append(voice.score)
            said = words(voice.text)
            found = self._taxonomy.mentioned(said)
            found.update(aspect for aspect, _ in voice.aspects)
            implied = {group for each in found for group in self._taxonomy.groups.get(each, ())}
            for concept in found - implied:
                if concept in self._columns:
                    _note(self._spoken, number, self._columns[concept])
            for column, tag in enumerate(self._tags):
                if tag.fits(found, said, voice.aspects):
                    _note(self._tagged, number, column)

    def people(self) -> People:
        """Return everybody collected; the same voices in another order give the same."""
        # Scipy is loaded by who needs it.
        from scipy.sparse import csr_array

        rank = {customer: number for number, customer in enumerate(sorted(self._people))}
        renumber = np.zeros(len(rank), np.int64)
        renumber[list(self._people.values())] = [rank[customer] for customer in self._people]
        owner = renumber[np.asarray(self._owner, np.int64)] if rank else np.zeros(0, np.int64)
        days = np.asarray(self._day, np.int64)
        unique, row = np.unique(np.stack([owner, days]), axis=1, return_inverse=True)
        row = row.reshape(-1)

        def table(entries: tuple[Any, Any], columns: int) -> Table:
            voice, column = (np.asarray(each, np.int64) for each in entries)
            shape = unique.shape[1], columns
            counted = csr_array((np.ones(len(voice)), (row[voice], column)), shape=shape)
            counted.data[:] = 1
            return counted

        people = len(rank)
        moods = np.zeros((people, len(SENTIMENTS)), np.int64)
        np.add.at(moods, (owner, np.asarray(self._mood, np.int64)), 1)
        return People(
            voices=np.bincount(owner, minlength=people),
            moods=moods,
            scores=np.asarray(np.bincount(owner, np.asarray(self._score, float), minlength=people), float),
            departments=_most_frequent(owner, np.asarray(self._place, np.int64), people),
            owner=unique[0],
            days=unique[1],
            concepts=table(self._spoken, len(self._names)),
            tags=table(self._tagged, len(self._tags)),
            names=self._names,
        )


_MOODS: Final[Mapping[str, int]] = {each.value: number for number, each in enumerate(SENTIMENTS)}


def _note(entries: tuple[Any, Any], row: int, column: int) -> None:
    entries[0].append(row)
    entries[1].append(column)


def _most_frequent(owner: Integers, place: Integers, people: int) -> Integers:
    """Return each person's most frequent place, the first of several; -1 for none."""
    counts = np.zeros((people, len(DEPARTMENT_NAMES)), np.int64)
    known = place != _NOWHERE
    np.add.at(counts, (owner[known], place[known]), 1)
    most: Integers = np.where(counts.any(axis=1), counts.argmax(axis=1), _NOWHERE)
    return most
