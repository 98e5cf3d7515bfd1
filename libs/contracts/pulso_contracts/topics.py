"""Topics: what people talk about, each text in one place."""

from pydantic import Field

from pulso_contracts.base import Lenient, UtcDatetime
from pulso_contracts.trends import CorrectedShares


class TopicTerm(Lenient):
    """A term of a topic, by the id of its concept."""

    concept: str
    name_es: str
    name_en: str


class TopicChange(Lenient):
    """A share beside that of the period before, which is as long.

    `ratio` is the quotient of the shares with a 95 % interval for the chance of the sample alone: whether
    something changes is told by `GET /trends/emerging`, which knows how much days differ anyway.
    """

    share_before: float
    ratio: float
    low: float
    high: float


class Topic(Lenient):
    """What is said of one topic; each text counts for one, that of the terms it speaks of.

    `id` stays that of the topic when topics are made anew; `other` is the topic of the texts that speak of
    no term of any. `items` are all texts, `voices` those that are no copies; `share` and the sentiments are
    of voices. `score` is the mean of P(positive) - P(negative). `terms` are some of those most mentioned in
    the whole country, concepts of the lists first; `examples` are ids of feedback.
    """

    id: str = Field(examples=["t12"])
    label_es: str
    label_en: str
    terms: list[TopicTerm]
    items: int
    voices: int
    share: float
    negative: int
    neutral: int
    positive: int
    score: float | None
    corrected: CorrectedShares | None = None
    change: TopicChange | None
    examples: list[str]


class TopicsAnswer(Lenient):
    """The answer to `GET /trends/topics`: the topics by their voices, `other` last; shares sum to 1.

    `grouped_at` tells when terms were grouped last, None: not yet. While `recounting`, not all days are
    counted by the topics of now. `corrected_by` is as in `GET /trends/sentiment`.
    """

    time_zone: str = "America/Lima"
    start: str
    end: str
    grouped_at: UtcDatetime | None
    recounting: bool
    voices: int
    topics: list[Topic]
    corrected_by: str | None = None
