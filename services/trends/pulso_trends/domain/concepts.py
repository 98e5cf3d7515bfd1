"""What people may talk about: the taxonomy, and how a text is searched for it."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from pulso_contracts.emerging import ConceptKind

from pulso_trends.domain.words import words


@dataclass(frozen=True, slots=True)
class Concept:
    """One thing that people talk about.

    Attributes:
        id: Stable, ASCII; never given to another concept.
        kind: What it is.
        es: Its name in Spanish, which is searched for too.
        en: Its name in English.
        parent: The group that it belongs to, of the same kind.
        variants: What else it is called, misspellings included.
    """

    id: str
    kind: ConceptKind
    es: str
    en: str
    parent: str | None = None
    variants: tuple[str, ...] = ()


class TaxonomyError(ValueError):
    """Concepts that contradict each other; the message tells which and how."""


class Taxonomy:
    """Concepts that agree with each other, and the search for them.

    Attributes:
        concepts: By their ids.
        groups: The ids of the groups that each belongs to, the nearest first.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        """Check and index.

        Raises:
            TaxonomyError: an id or a name belongs to two, a parent is missing, of another kind, or a circle.
        """
        self.concepts: dict[str, Concept] = {}
        self.groups: dict[str, tuple[str, ...]] = {}
        for concept in concepts:
            if concept.id in self.concepts:
                raise TaxonomyError(f"the id {concept.id} is given twice")
            self.concepts[concept.id] = concept
        for concept in self.concepts.values():
            self.groups[concept.id] = tuple(self._ancestors(concept))
        self._phrases = self._indexed()

    def _ancestors(self, concept: Concept) -> list[str]:
        """Return the ids of the groups that a concept belongs to, the nearest first."""
        found: list[str] = []
        while concept.parent is not None:
            parent = self.concepts.get(concept.parent)
            if parent is None:
                raise TaxonomyError(f"{concept.id} belongs to {concept.parent}, which does not exist")
            if parent.kind is not concept.kind:
                raise TaxonomyError(f"{concept.id} and its group {parent.id} are of different kinds")
            if parent.id in found:
                raise TaxonomyError(f"{concept.id} belongs to itself")
            found.append(parent.id)
            concept = parent
        return found

    def mentioned(self, text: Sequence[str]) -> set[str]:
        """Return the ids of the concepts that a text speaks of, their groups included.

        Of names that overlap the longest counts: "arroz con leche" is neither rice nor milk.

        Args:
            text: Its words, normalised.
        """
        found: set[str] = set()
        position = 0
        while position < len(text):
            for phrase, concept in self._phrases.get(text[position], ()):
                if tuple(text[position : position + len(phrase)]) == phrase:
                    found.add(concept.id)
                    found.update(self.groups[concept.id])
                    position += len(phrase)
                    break
            else:
                position += 1
        return found

    def _indexed(self) -> Mapping[str, list[tuple[tuple[str, ...], Concept]]]:
        """Return the phrases by their first word, the longest first."""
        owners: dict[tuple[str, ...], Concept] = {}
        for concept in self.concepts.values():
            if concept.kind is ConceptKind.SERVICE:
                continue  # counted where the model told an opinion on them
            for name in (concept.es, *concept.variants):
                phrase = tuple(words(name))
                owner = owners.setdefault(phrase, concept)
                if not phrase or owner is not concept:
                    raise TaxonomyError(f"{name!r} of {concept.id} also names {owner.id}")
        phrases: dict[str, list[tuple[tuple[str, ...], Concept]]] = {}
        for phrase, concept in sorted(owners.items(), key=lambda owned: (-len(owned[0]), owned[0])):
            phrases.setdefault(phrase[0], []).append((phrase, concept))
        return phrases


SHIPPED_KINDS: Final = tuple(kind for kind in ConceptKind if kind is not ConceptKind.TERM)


@cache
def shipped_concepts() -> tuple[Concept, ...]:
    """Return the concepts that come with Pulso, read once."""
    folder = resources.files("pulso_trends.domain").joinpath("taxonomy")
    return tuple(
        Concept(
            id=identifier,
            kind=kind,
            es=fields["es"],
            en=fields["en"],
            parent=fields.get("parent"),
            variants=tuple(fields.get("variants", ())),
        )
        for kind in SHIPPED_KINDS
        for identifier, fields in tomllib.loads(
            folder.joinpath(f"{kind}.toml").read_text(encoding="utf-8")
        ).items()
    )
