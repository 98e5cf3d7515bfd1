"""Between events and rows, and between rows and answers."""

from typing import Any, Final

from pulso_contracts.events import FeedbackScored
from pulso_contracts.scoring import AspectSentiment, Probabilities, Sentiment
from pulso_contracts.trends import FeedbackItem

from pulso_trends.domain.cube import Observation, observe
from pulso_trends.domain.folding import fold
from pulso_trends.domain.lima import hour_of
from pulso_trends.store.tables import FeedbackRow

OBSERVED: Final = (
    "created_at",
    "region",
    "channel",
    "product",
    "product_category",
    "sentiment",
    "score",
    "aspects",
    "rating",
)
"""The columns of `feedback` from which all roll-ups are made."""


def row_values(event: FeedbackScored) -> dict[str, Any]:
    """The columns of `feedback` for `event`, all but `seq`."""
    return {
        "id": event.id,
        "accepted_at": event.accepted_at,
        "created_at": event.created_at,
        "scored_at": event.scored_at,
        "text": event.text,
        "search": f" {fold(event.text)}",
        "channel": event.channel.value,
        "language": event.language,
        "source": event.source,
        "external_id": event.external_id,
        "customer": event.customer,
        "region": event.region,
        "product": event.product,
        "product_category": event.product_category,
        "rating": event.rating,
        "metadata": event.metadata,
        "sentiment": event.sentiment.value,
        "negative": event.probabilities.negative,
        "neutral": event.probabilities.neutral,
        "positive": event.probabilities.positive,
        "score": event.score,
        "aspects": [each.model_dump(mode="json") for each in event.aspects],
        "opinions": _spaced(f"{each.aspect.value}:{each.sentiment.value}" for each in event.aspects),
        "flags": _spaced(flag.value for flag in event.flags),
        "model_version": event.model_version,
    }


def feedback_item(row: FeedbackRow) -> FeedbackItem:
    """The item as readers see it: all but the customer's hash."""
    return FeedbackItem.model_validate(
        {
            "id": row.id,
            "created_at": row.created_at,
            "text": row.text,
            "channel": row.channel,
            "language": row.language,
            "source": row.source,
            "external_id": row.external_id,
            "region": row.region,
            "product": row.product,
            "product_category": row.product_category,
            "rating": row.rating,
            "metadata": row.details,
            "sentiment": row.sentiment,
            "probabilities": Probabilities(negative=row.negative, neutral=row.neutral, positive=row.positive),
            "score": row.score,
            "aspects": row.aspects,
            "model_version": row.model_version,
            "flags": row.flags.split(),
        }
    )


def observation_of_row(row: Any) -> Observation:
    """What roll-ups take from a stored item, of which the columns `OBSERVED` are read."""
    return observe(
        hour_of(row.created_at),
        (row.region, row.channel, row.product, row.product_category),
        (Sentiment(row.sentiment), row.score),
        [AspectSentiment.model_validate(each) for each in row.aspects],
        row.rating,
    )


def _spaced(words: Any) -> str:
    return f" {' '.join(words)} "
