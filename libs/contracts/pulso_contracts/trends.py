"""Questions to the trends service and its answers."""

from enum import StrEnum

from pulso_contracts.base import Lenient, UtcDatetime
from pulso_contracts.feedback import Channel, MetadataValue
from pulso_contracts.scoring import AspectSentiment, Flag, Probabilities, Sentiment


class Bucket(StrEnum):
    """How wide one point of a series is; days, weeks (from Monday) and months are Peru's."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class GroupBy(StrEnum):
    """What makes one series of its own."""

    REGION = "region"
    CHANNEL = "channel"
    PRODUCT = "product"
    PRODUCT_CATEGORY = "product_category"
    ASPECT = "aspect"
    SENTIMENT = "sentiment"


class Share(Lenient):
    """A share corrected for what the model confuses, with its 95 % interval."""

    share: float
    low: float
    high: float


class CorrectedShares(Lenient):
    """The shares of the sentiments that are true behind those that were counted."""

    negative: Share
    neutral: Share
    positive: Share


class Point(Lenient):
    """One bucket of a series. `score` is the mean of P(positive) - P(negative), None where `count` is 0.

    `corrected` is absent where nothing was counted, only some sentiments or opinions on aspects were asked
    for, or the confusion of the model is not known.
    """

    start: str
    count: int
    negative: int
    neutral: int
    positive: int
    score: float | None
    corrected: CorrectedShares | None = None


class Series(Lenient):
    """One group; `key` is None for items without a value in the grouping field, "all" without grouping."""

    key: str | None
    points: list[Point]
    total: Point


class SeriesAnswer(Lenient):
    """The answer to `GET /trends/sentiment`; `start` of each point is in `time_zone`.

    `corrected_by` is the version of the model whose confusion the corrected shares come from.
    """

    bucket: Bucket
    group_by: GroupBy | None
    time_zone: str = "America/Lima"
    start: str
    end: str
    series: list[Series]
    truncated: bool = False
    corrected_by: str | None = None


class FeedbackItem(Lenient):
    """One indexed item as readers see it; the text is redacted."""

    id: str
    created_at: UtcDatetime
    text: str
    channel: Channel
    language: str
    source: str | None
    external_id: str | None
    region: str | None
    product: str | None
    product_category: str | None
    rating: float | None
    metadata: dict[str, MetadataValue]
    sentiment: Sentiment
    probabilities: Probabilities
    score: float
    aspects: list[AspectSentiment]
    model_version: str
    flags: list[Flag]


class FeedbackPage(Lenient):
    """One page of items, newest first; `next_cursor` is None on the last one."""

    items: list[FeedbackItem]
    next_cursor: str | None


class ValueCount(Lenient):
    """A value that items carry, and how many do."""

    value: str
    count: int


class Dimensions(Lenient):
    """The answer to `GET /trends/dimensions`: what filters can be set to, most frequent first."""

    regions: list[ValueCount]
    channels: list[ValueCount]
    products: list[ValueCount]
    product_categories: list[ValueCount]
    aspects: list[ValueCount]


class IndexStatus(Lenient):
    """How far indexing is: `unscored` items wait for the model, `waiting` ones for the index.

    `dead` counts the dead letters of both ways. These three are None while the streams cannot be asked.
    """

    items: int
    newest_created_at: UtcDatetime | None
    last_indexed_at: UtcDatetime | None
    unscored: int | None = None
    waiting: int | None
    dead: int | None
