"""What each rated item adds to the roll-ups of ratings, which lie as those of items do."""

from collections.abc import Iterable
from typing import Final

from pulso_contracts.scoring import Sentiment

from pulso_trends.domain.cube import MICRO, CellKey, Observation, Tally, cells_of

STARS: Final = ("one", "two", "three", "four", "five")
RATED: Final = (*STARS, "rating", "score", "negative_texts", "positive_texts")
"""What a cell holds: rated items by their nearest star; the sums of their ratings and of the scores of their
texts, in millionths; those with 4 or 5 stars and a negative text; those with 1 or 2 and a positive one.

With an aspect a cell counts the items that speak of it. Stars are of a whole item, and so is what they are
compared with.
"""
HIGH: Final = 4.0
LOW: Final = 2.0


def star(rating: float) -> int:
    """The nearest star of a rating, from 1 to 5; half stars upwards."""
    return int(rating + 0.5)


def roll_up_ratings(observations: Iterable[Observation]) -> dict[CellKey, Tally]:
    """The cells that `observations` add to, and what they add."""
    cells: dict[CellKey, Tally] = {}
    for seen in observations:
        if seen.rating is None:
            continue
        added = _added(seen.rating, seen.opinions[0].sentiment, seen.opinions[0].score)
        for opinion in seen.opinions:
            for key in cells_of(seen, opinion.aspect):
                tally = cells.get(key)
                if tally is None:
                    cells[key] = added.copy()
                else:
                    for place, value in enumerate(added):
                        tally[place] += value
    return cells


def _added(rating: float, sentiment: Sentiment, score: int) -> Tally:
    added = [0] * len(RATED)
    added[star(rating) - 1] = 1
    added[5:] = (
        round(rating * MICRO),
        score,
        int(rating >= HIGH and sentiment is Sentiment.NEGATIVE),
        int(rating <= LOW and sentiment is Sentiment.POSITIVE),
    )
    return added
