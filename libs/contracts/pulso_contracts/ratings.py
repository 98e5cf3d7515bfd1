"""Stars that feedback carries: how many, how they agree with the texts, and whether talk leads them."""

from enum import StrEnum
from typing import Final

from pulso_contracts.base import Lenient, UtcDatetime
from pulso_contracts.leading import TalkVerdict
from pulso_contracts.scoring import Sentiment
from pulso_contracts.trends import Bucket

LEAST_RATED: Final = 5
"""Rated items below which no mean is told."""


class RatingGroup(StrEnum):
    """What makes one series of ratings of its own."""

    REGION = "region"
    CHANNEL = "channel"
    PRODUCT = "product"
    PRODUCT_CATEGORY = "product_category"
    ASPECT = "aspect"


class StarShares(Lenient):
    """The shares of ratings by their nearest star, half stars upwards."""

    one: float
    two: float
    three: float
    four: float
    five: float


class RatingPoint(Lenient):
    """One bucket of a series.

    Attributes:
        start: When the bucket begins.
        count: Items, rated or not.
        rated: Items with a rating.
        rated_share: Their share of `count`; None where nothing was said.
        stars: None where nothing was rated.
        mean: Mean rating; None below `LEAST_RATED` rated items, as are `low`, `high` and `text_score`.
        low: The lower end of its 95 % interval: mean - t sqrt(v / n), at least 1. t is the 0.975 quantile of
            Student's t with n - 1 degrees of freedom; v the variance of the stars with half a rating added to
            each of the five, so that equal ratings are not taken for certainty.
        high: The upper end, at most 5.
        text_score: The mean score of the texts of rated items, from -1 to 1.
        negative_texts: Items with 4 or 5 stars whose text the model takes for negative.
        positive_texts: Items with 1 or 2 stars whose text the model takes for positive.
        contradiction_share: The share of both among rated items; None where nothing was rated. Slips,
            irony and the model's mistakes are all in it.
    """

    start: str
    count: int
    rated: int
    rated_share: float | None
    stars: StarShares | None
    mean: float | None
    low: float | None
    high: float | None
    text_score: float | None
    negative_texts: int
    positive_texts: int
    contradiction_share: float | None


class RatingSeries(Lenient):
    """One group; `key` is None for items without a value in the grouping field, "all" without grouping."""

    key: str | None
    points: list[RatingPoint]
    total: RatingPoint


class Contradiction(Lenient):
    """An item whose stars and text contradict each other; `GET /feedback/{id}` has its text."""

    id: str
    created_at: UtcDatetime
    rating: float
    sentiment: Sentiment
    score: float


class RatingsAnswer(Lenient):
    """The answer to `GET /trends/ratings`; `start` of each point is in `time_zone`.

    `contradictions` are the newest five of the period that the filters let pass. `recounting` while ratings
    of before this release are not all counted.
    """

    bucket: Bucket
    group_by: RatingGroup | None
    time_zone: str = "America/Lima"
    start: str
    end: str
    least_rated: int = LEAST_RATED
    series: list[RatingSeries]
    truncated: bool = False
    recounting: bool = False
    contradictions: list[Contradiction] = []


class RatingWeek(Lenient):
    """One whole week of Peru, from the Monday `start`.

    `mean` is None where fewer than `LEAST_RATED` items were rated. `count` and `score` are of the talk: of
    items that carry no rating.
    """

    start: str
    mean: float | None
    rated: int
    count: int
    score: float | None


class ProductRatings(TalkVerdict):
    """Whether talk of one product leads its mean rating; `series` are the weeks, for drawing."""

    series: list[RatingWeek] = []


class RatingsLeadAnswer(Lenient):
    """The answer to `GET /trends/ratings/lead`: products by rated items, whole weeks up to `end`.

    `recounting` while ratings of before this release are not all counted.
    """

    region: str | None
    time_zone: str = "America/Lima"
    start: str
    end: str
    products: list[ProductRatings]
    recounting: bool = False
