"""The events on Pulso's streams: past tense, versioned, JSON.

A reader takes the version it knows and the one before; a new field has a default, none changes its meaning.
"""

from typing import Final

from pulso_contracts.base import Lenient, UtcDatetime
from pulso_contracts.feedback import Channel, MetadataValue
from pulso_contracts.scoring import AspectSentiment, EmotionScore, Flag, Probabilities, Sentiment

FEEDBACK_STREAM: Final = "feedback"
"""Accepted feedback, waiting to be scored."""
SCORED_STREAM: Final = "scored"
"""Scored feedback, waiting to be indexed."""
SENTIMENT_GROUP: Final = "sentiment"
TRENDS_GROUP: Final = "trends"

FEEDBACK_RECEIVED: Final = "feedback.received.v1"
FEEDBACK_SCORED: Final = "feedback.scored.v1"

REQUEST_ID_HEADER: Final = "request_id"
"""The name, in a message's headers, of the id of the request that brought the item."""


class FeedbackReceived(Lenient):
    """Feedback after validation, normalisation and redaction.

    `id` is the idempotency key: 32 hexadecimal digits made from (source, external_id), else from the content.
    `customer` is a keyed hash, `region` the name of a department or None, `language` one of es, en, pt, qu,
    other.
    """

    id: str
    accepted_at: UtcDatetime
    created_at: UtcDatetime
    text: str
    channel: Channel
    language: str
    source: str | None = None
    external_id: str | None = None
    customer: str | None = None
    region: str | None = None
    product: str | None = None
    product_category: str | None = None
    rating: float | None = None
    metadata: dict[str, MetadataValue] = {}
    flags: list[Flag] = []


class FeedbackScored(FeedbackReceived):
    """The same feedback with the model's answer; `score` is P(positive) - P(negative), from -1 to 1.

    `confidence` and `emotion` are as in `Score`; absent in events of earlier writers.
    """

    scored_at: UtcDatetime
    sentiment: Sentiment
    probabilities: Probabilities
    score: float
    confidence: float | None = None
    emotion: EmotionScore | None = None
    aspects: list[AspectSentiment] = []
    model_version: str
