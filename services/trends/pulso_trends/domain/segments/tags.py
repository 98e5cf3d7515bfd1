"""What may be said of a group of people in a word or two; `tags.toml` has the list."""

import tomllib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from pulso_contracts.scoring import Sentiment

from pulso_trends.domain.words import words


@dataclass(frozen=True, slots=True)
class Tag:
    """What makes a tag: a voice that speaks of any of this is evidence of it.

    Attributes:
        id: Stable.
        es: For people of whom it is true, in Spanish.
        en: In English.
        concepts: Of the taxonomy, groups too.
        phrases: Rows of words, normalised.
        complaints: Service aspects of which a voice speaks ill.
    """

    id: str
    es: str
    en: str
    concepts: frozenset[str]
    phrases: tuple[tuple[str, ...], ...]
    complaints: frozenset[str]

    def fits(
        self, concepts: Collection[str], said: Sequence[str], aspects: Collection[tuple[str, str]]
    ) -> bool:
        """Return whether a voice is evidence of it.

        Args:
            concepts: What it speaks of, groups and service aspects included.
            said: Its words, normalised.
            aspects: Each with the sentiment of the opinion on it.
        """
        return (
            not self.concepts.isdisjoint(concepts)
            or any(aspect in self.complaints and mood == Sentiment.NEGATIVE for aspect, mood in aspects)
            or any(_holds(said, phrase) for phrase in self.phrases)
        )


@cache
def tags() -> tuple[Tag, ...]:
    """Return all tags, read once."""
    source = resources.files("pulso_trends.domain.segments").joinpath("tags.toml")
    return tuple(
        Tag(
            id=identifier,
            es=fields["es"],
            en=fields["en"],
            concepts=frozenset(fields.get("concepts", ())),
            phrases=tuple(tuple(words(phrase)) for phrase in fields.get("phrases", ())),
            complaints=frozenset(fields.get("complaints", ())),
        )
        for identifier, fields in tomllib.loads(source.read_text(encoding="utf-8")).items()
    )


def _holds(said: Sequence[str], phrase: tuple[str, ...]) -> bool:
    """Return whether the words stand in a text, beside each other and in this order."""
    if phrase[0] not in said:
        return False
    length = len(phrase)
    return any(tuple(said[start : start + length]) == phrase for start in range(len(said) - length + 1))
