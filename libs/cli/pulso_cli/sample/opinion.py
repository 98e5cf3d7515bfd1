"""What a person thinks, before a word is chosen."""

from dataclasses import dataclass
from random import Random

from pulso_cli.sample.phrasebook import Polarity, Pool

_POSITIVE, _NEUTRAL, _NEGATIVE = Polarity.POSITIVE, Polarity.NEUTRAL, Polarity.NEGATIVE

_DISLIKED_BY_THE_REST = 0.72
"""Of those who do not like something, this part dislikes it; the others have no strong opinion."""

_SECOND_THOUGHTS = 0.16
"""Of the opinions on several aspects, this part ends on one that goes the other way."""

_STARS = {
    _POSITIVE: ((5, 0.66), (4, 0.28), (3, 0.04), (1, 0.02)),
    _NEUTRAL: ((3, 0.66), (4, 0.18), (2, 0.16)),
    _NEGATIVE: ((1, 0.55), (2, 0.33), (3, 0.08), (5, 0.04)),
}
"""Stars that people give; some contradict their own words, as in real reviews."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """A polarity, and the aspects that carry it in the order they are spoken of."""

    polarity: Polarity
    points: tuple[tuple[str, Polarity], ...]


def form_opinion(rng: Random, pool: Pool, liked: float, aspects: int, complaint: str | None) -> Opinion:
    """Draw an opinion on some aspects; a `complaint` is an aspect that surely makes this person angry."""
    draw = rng.random()
    if complaint is not None or draw > liked + (1.0 - liked) * (1.0 - _DISLIKED_BY_THE_REST):
        polarity = _NEGATIVE
    else:
        polarity = _POSITIVE if draw < liked else _NEUTRAL
    names = [complaint] if complaint is not None else rng.choices(pool.aspects, cum_weights=pool.cumulated)
    while len(names) < aspects:
        name = rng.choices(pool.aspects, cum_weights=pool.cumulated)[0]
        if name not in names:
            names.append(name)
    return Opinion(polarity, tuple(zip(names, _polarities(rng, polarity, aspects), strict=True)))


def stars(rng: Random, polarity: Polarity) -> int:
    """A rating from 1 to 5 that goes with the opinion most of the time."""
    draw = rng.random()
    for value, part in _STARS[polarity]:
        draw -= part
        if draw < 0.0:
            return value
    return _STARS[polarity][0][0]


def _polarities(rng: Random, polarity: Polarity, count: int) -> list[Polarity]:
    if polarity is _NEUTRAL and count > 1 and rng.random() < 0.6:
        mixed = [_POSITIVE, _NEGATIVE]
        rng.shuffle(mixed)
        return mixed + [_NEUTRAL] * (count - 2)
    polarities = [polarity] * count
    if polarity is not _NEUTRAL and count > 1 and rng.random() < _SECOND_THOUGHTS:
        polarities[-1] = _NEGATIVE if polarity is _POSITIVE else _POSITIVE
    return polarities
