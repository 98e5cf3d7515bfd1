"""Topics made anew from the terms that are mentioned."""

import math
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final, NamedTuple

from pulso_contracts.emerging import ConceptKind

from pulso_trends.domain.concepts import Concept, Taxonomy
from pulso_trends.domain.topics.grouping import Floats, group
from pulso_trends.domain.topics.matching import match
from pulso_trends.domain.topics.topics import Member, Topic, Topics

_LABEL_TERMS: Final = 3
_KNOWN: Final = 16
"""How many discovered terms a concept of a list outweighs: these name a subject, those often only a mood."""


class Grouped(NamedTuple):
    """Topics made anew, and the first id that was never given."""

    topics: Topics
    next_id: int


def is_grouped(concept: Concept) -> bool:
    """Tell whether terms are grouped by their vectors; an aspect of a remark is a topic by itself."""
    return concept.kind is not ConceptKind.SERVICE


def regroup(
    voices: Mapping[str, int],
    everything: int,
    taxonomy: Taxonomy,
    vectors: Mapping[str, Floats],
    *,
    former: Topics,
    next_id: int,
) -> Grouped:
    """Make topics of the terms that are mentioned, with the ids of the former ones that they go on from.

    The same input gives the same topics, in whatever order it comes.

    Args:
        voices: That mention each term; all are concepts of the taxonomy.
        everything: All voices of the same time.
        taxonomy: Names the terms and tells their groups.
        vectors: Of the terms for which `is_grouped` holds.
        former: The topics until now.
        next_id: The first id that was never given.
    """
    families = _families(vectors, taxonomy)
    groups: list[AbstractSet[str]] = [frozenset([term]) for term in sorted(voices) if term not in vectors]
    groups += group(vectors, families, former.of_terms())
    before = {topic.id: {member.concept for member in topic.members} for topic in former.all}
    heard = {member.concept: member.voices for topic in former.all for member in topic.members}
    heard.update(voices)
    ids = match(groups, before, {term: math.sqrt(count) for term, count in heard.items()})
    topics = []
    order = sorted(
        range(len(groups)), key=lambda n: (-sum(voices[term] for term in groups[n]), min(groups[n]))
    )
    for place in order:
        known = ids[place]
        if known is None:
            known, next_id = next_id, next_id + 1
        topics.append(_topic(known, groups[place], voices, everything, taxonomy))
    return Grouped(Topics(topics), next_id)


def _families(terms: Iterable[str], taxonomy: Taxonomy) -> dict[str, str]:
    """Return the widest group of each term; its kind where it neither belongs to one nor is one."""
    wide = {groups[-1] for groups in taxonomy.groups.values() if groups}
    return {
        term: next(
            iter(reversed(taxonomy.groups[term])), term if term in wide else taxonomy.concepts[term].kind
        )
        for term in terms
    }


def _topic(
    identifier: int, terms: AbstractSet[str], voices: Mapping[str, int], everything: int, taxonomy: Taxonomy
) -> Topic:
    concepts = [taxonomy.concepts[term] for term in terms]
    concepts.sort(key=lambda each: (not _is_listed(each), -voices[each.id], each.id))
    members = tuple(
        Member(each.id, _weight(each, voices[each.id], everything), voices[each.id]) for each in concepts
    )
    first = concepts[:_LABEL_TERMS]
    return Topic(
        identifier, _label([each.es for each in first]), _label([each.en for each in first]), members
    )


def _label(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(names))


def _weight(concept: Concept, voices: int, everything: int) -> int:
    """Return what a mention tells in whole bits, at least one: what few speak of says more about a text.

    Whole, so that a term weighs the same from week to week.
    """
    bits = max(1, round(math.log2(everything / voices)))
    return _KNOWN * bits if _is_listed(concept) else bits


def _is_listed(concept: Concept) -> bool:
    """Tell whether a list names what a concept is: it says more of a topic than a term that only came up."""
    return concept.kind is not ConceptKind.TERM
