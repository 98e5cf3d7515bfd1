"""What is told of a segment, in words and rounded figures."""

from collections.abc import Mapping
from typing import Any, Final

from pulso_trends.domain.concepts import Concept
from pulso_trends.domain.cube import SENTIMENTS
from pulso_trends.domain.segments.finding import Group, Spoken
from pulso_trends.domain.segments.tags import Tag

_IN_A_NAME: Final = 2
"""Tags, and concepts where no tag fits."""


def told(
    group: Group, compared: int, concepts: Mapping[str, Concept], tags: Mapping[str, Tag]
) -> dict[str, Any]:
    """Return the fields of the contract's `Segment`, all but `id` and `since`.

    Args:
        group: The segment.
        compared: People among whom it was found.
        concepts: By their ids.
        tags: By their ids.
    """
    moods = {mood.value: count for mood, count in zip(SENTIMENTS, group.moods, strict=True)}
    name_es, name_en = _named(group, concepts, tags)
    return {
        "name_es": name_es,
        "name_en": name_en,
        "people": group.people,
        "share": round(group.people / compared, 4),
        "items": group.items,
        "positive_share": round(moods["positive"] / group.items, 4),
        "negative_share": round(moods["negative"] / group.items, 4),
        "score": round(group.score, 4),
        "concepts": [
            _spoken(each, concepts) | {"kind": concepts[each.id].kind.value} for each in group.concepts
        ],
        "tags": [_spoken(each, tags) for each in group.tags],
        "departments": group.departments,
    }


def _named(group: Group, concepts: Mapping[str, Concept], tags: Mapping[str, Tag]) -> tuple[str, str]:
    if group.tags:
        first = [tags[each.id] for each in group.tags[:_IN_A_NAME]]
        es, en = " y ".join(each.es for each in first), " and ".join(each.en for each in first)
    elif group.concepts:
        spoken = [concepts[each.id] for each in group.concepts[:_IN_A_NAME]]
        es = f"hablan de {' y '.join(each.es for each in spoken)}"
        en = f"talk of {' and '.join(each.en for each in spoken)}"
    else:
        es, en = "sin gusto propio", "no taste of their own"
    return es[0].upper() + es[1:], en[0].upper() + en[1:]


def _spoken(spoken: Spoken, names: Mapping[str, Concept] | Mapping[str, Tag]) -> dict[str, Any]:
    return {
        "id": spoken.id,
        "name_es": names[spoken.id].es,
        "name_en": names[spoken.id].en,
        "share": round(spoken.share, 4),
        "share_of_all": round(spoken.share_of_all, 4),
        "lift": round(spoken.lift, 2),
    }
