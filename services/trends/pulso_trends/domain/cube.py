"""Roll-ups: what each item adds to the counts that queries read, so that these stay cheap.

A roll-up is a data cube of which some sides are kept. A *cuboid* names the dimensions that its cells tell
apart; all others are summed away. A query reads the smallest kept cuboid that has the dimensions it filters
or groups by: a year of one region is 365 cells, however many items they count.

Everything added is an integer, so any order of items gives the same cells to the last bit.
"""

from collections.abc import Iterable
from enum import IntFlag
from typing import Final, NamedTuple

from pulso_contracts.events import FeedbackScored
from pulso_contracts.scoring import AspectSentiment, Sentiment

from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.domain.period import Grain

MICRO: Final = 1_000_000
"""Scores are summed in whole millionths."""

SENTIMENTS: Final = (Sentiment.NEGATIVE, Sentiment.NEUTRAL, Sentiment.POSITIVE)
MEASURES: Final = ("negative", "neutral", "positive", "negative_score", "neutral_score", "positive_score")
"""What a cell holds: the items of each sentiment, then the sums of their scores in millionths."""

Tally = list[int]
"""One integer for each of `MEASURES`."""


class Dimension(IntFlag):
    """What cells can tell apart; a cuboid is a union of these. The numbers are stored: never renumber."""

    REGION = 1
    CHANNEL = 2
    PRODUCT = 4
    PRODUCT_CATEGORY = 8
    ASPECT = 16


TOTAL: Final = Dimension(0)
_R, _C, _P, _K = Dimension.REGION, Dimension.CHANNEL, Dimension.PRODUCT, Dimension.PRODUCT_CATEGORY
_A = Dimension.ASPECT
_ALL = _R | _C | _P | _K

# The singles and the pairs with region are what dashboards ask; the ones with all dimensions answer the rest.
# Hours are asked for a few days at a time: fewer cuboids are enough, and keep half of the cells away.
CUBOIDS: Final[dict[Grain, tuple[Dimension, ...]]] = {
    Grain.HOUR: (TOTAL, _R, _C, _ALL, _A | _ALL),
    Grain.DAY: (
        TOTAL,
        _R,
        _C,
        _P,
        _K,
        _R | _C,
        _R | _P,
        _R | _K,
        _ALL,
        _A,
        _A | _R,
        _A | _C,
        _A | _P,
        _A | _ALL,
    ),
}
"""The cuboids that are kept, each grain's from small to large. A change needs a migration that recounts."""


def cuboid_for(grain: Grain, needed: Dimension) -> Dimension:
    """The smallest kept cuboid that tells `needed` apart.

    One with aspects counts opinions on aspects, one without counts items: neither stands in for the other.
    """
    return min(
        (kept for kept in CUBOIDS[grain] if kept & needed == needed and (kept ^ needed) & _A == TOTAL),
        key=int.bit_count,
    )


class CellKey(NamedTuple):
    """Where a cell lies. A dimension that the cuboid sums away, or that an item leaves open, is ''."""

    grain: int
    cuboid: int
    bucket: int
    region: str
    channel: str
    product: str
    product_category: str
    aspect: str


class Opinion(NamedTuple):
    """One sentiment and its score in millionths: of a whole item, or of one aspect (else '')."""

    aspect: str
    sentiment: Sentiment
    score: int


class Observation(NamedTuple):
    """What roll-ups take from one item."""

    hour: int
    region: str
    channel: str
    product: str
    product_category: str
    opinions: tuple[Opinion, ...]
    """The one of the whole item first, then at most one per aspect."""
    rating: float | None
    """From 1 to 5."""


def observation(event: FeedbackScored) -> Observation:
    """What roll-ups take from `event`."""
    return observe(
        hour_of(event.created_at),
        (event.region, event.channel, event.product, event.product_category),
        (event.sentiment, event.score),
        event.aspects,
        event.rating,
    )


def observe(
    hour: int,
    dimensions: tuple[str | None, str, str | None, str | None],
    overall: tuple[Sentiment, float],
    aspects: Iterable[AspectSentiment],
    rating: float | None,
) -> Observation:
    """An observation from the parts of an item: region, channel, product, category; sentiment and score."""
    region, channel, product, product_category = dimensions
    sentiment, score = overall
    opinions = {"": Opinion("", sentiment, round(score * MICRO))}
    for each in aspects:
        key = each.aspect.value
        opinions.setdefault(key, Opinion(key, each.sentiment, round(each.score * MICRO)))
    return Observation(
        hour, region or "", channel, product or "", product_category or "", tuple(opinions.values()), rating
    )


def roll_up(observations: Iterable[Observation]) -> dict[CellKey, Tally]:
    """The cells that `observations` add to, and what they add."""
    cells: dict[CellKey, Tally] = {}
    for seen in observations:
        for opinion in seen.opinions:
            which = SENTIMENTS.index(opinion.sentiment)
            for key in cells_of(seen, opinion.aspect):
                tally = cells.get(key)
                if tally is None:
                    tally = cells[key] = [0] * len(MEASURES)
                tally[which] += 1
                tally[which + len(SENTIMENTS)] += opinion.score
    return cells


class _Kept(NamedTuple):
    """A kept cuboid as plain integers and booleans: flag arithmetic would cost more than the cells."""

    grain: int
    cuboid: int
    region: bool
    channel: bool
    product: bool
    product_category: bool


def _kept(*, with_aspect: bool) -> tuple[_Kept, ...]:
    return tuple(
        _Kept(int(grain), int(kept), _R in kept, _C in kept, _P in kept, _K in kept)
        for grain, cuboids in CUBOIDS.items()
        for kept in cuboids
        if (_A in kept) is with_aspect
    )


_OF_ITEMS, _OF_ASPECTS = _kept(with_aspect=False), _kept(with_aspect=True)


def cells_of(seen: Observation, aspect: str) -> Iterable[CellKey]:
    """The cells that count an item, or with an aspect those that count its opinion on it."""
    buckets = (seen.hour, day_of_hour(seen.hour))
    for kept in _OF_ASPECTS if aspect else _OF_ITEMS:
        yield CellKey(
            kept.grain,
            kept.cuboid,
            buckets[kept.grain],
            seen.region if kept.region else "",
            seen.channel if kept.channel else "",
            seen.product if kept.product else "",
            seen.product_category if kept.product_category else "",
            aspect,
        )
