"""Topics, and the one in which a text is at home."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

REST: Final = 0
"""The topic of the texts that speak of no member of any."""


class Member(NamedTuple):
    """A term of a topic: its concept, what one mention of it weighs, and the voices that mentioned it."""

    concept: str
    weight: int
    voices: int


@dataclass(frozen=True, slots=True)
class Topic:
    """Terms that belong together, and its label: the names of the first of them.

    Concepts of the lists come before terms that were found in the texts, each the most mentioned first.
    """

    id: int
    label_es: str
    label_en: str
    members: tuple[Member, ...]


class Topics:
    """Topics without common members, and the one in which a text is at home."""

    def __init__(self, topics: Iterable[Topic] = ()) -> None:
        self.all = tuple(sorted(topics, key=lambda topic: topic.id))
        self._members = {
            member.concept: (topic.id, member.weight) for topic in self.all for member in topic.members
        }

    def home(self, spoken: Iterable[str]) -> int:
        """Return the topic whose members weigh most among the concepts spoken of, the oldest if several do.

        `REST` when none is a member.
        """
        sums: dict[int, int] = {}
        for concept in spoken:
            if (found := self._members.get(concept)) is not None:
                topic, weight = found
                sums[topic] = sums.get(topic, 0) + weight
        return min(sums, key=lambda topic: (-sums[topic], topic), default=REST)

    def of_terms(self) -> dict[str, int]:
        """Return the topic of each member."""
        return {concept: topic for concept, (topic, _) in self._members.items()}
