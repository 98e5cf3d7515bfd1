"""Changes that only repeat a finer one: of a group for one dish, of the country for one department."""

from collections.abc import Mapping, Sequence
from math import sqrt
from typing import NamedTuple

from pulso_trends.domain.emerging.places import WIDER

Key = tuple[str, str]
"""Concept and place."""


class Change(NamedTuple):
    """A series that changed: the arm that shows it best, and which way it went."""

    arm: int
    up: bool


def explained(
    changed: Mapping[Key, Change],
    groups: Mapping[str, Sequence[str]],
    counts: Mapping[Key, Sequence[tuple[float, float]]],
) -> dict[Key, Key]:
    """Return the changes that are no longer there once finer ones are taken away, and one of these.

    Args:
        changed: The series that changed.
        groups: The groups of each concept.
        counts: For each series the voices observed and expected in each arm.
    """
    finer: dict[Key, list[Key]] = {}
    for concept, place in changed:
        for group in groups[concept]:
            finer.setdefault((group, place), []).append((concept, place))
    causes = {}
    for key, change in changed.items():
        places = [(key[0], place) for place in WIDER.get(key[1], ()) if (key[0], place) in changed]
        for parts in (finer.get(key, []), places):
            alike = [part for part in parts if changed[part].up is change.up]
            if alike and _gone(
                counts[key][change.arm], [counts[part][change.arm] for part in alike], up=change.up
            ):
                causes[key] = max(alike, key=lambda part: counts[part][change.arm][0])
                break
    return causes


def _gone(whole: tuple[float, float], parts: Sequence[tuple[float, float]], *, up: bool) -> bool:
    """Tell whether what is left of `whole` is within two standard deviations of what is expected of it."""
    observed = whole[0] - sum(part[0] for part in parts)
    expected = max(whole[1] - sum(part[1] for part in parts), 0.0)
    away = (observed - expected) * (1 if up else -1)
    return away <= 2 * sqrt(max(expected, 1.0))
