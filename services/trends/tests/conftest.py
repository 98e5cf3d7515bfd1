"""What the tests of trends share: scored events as the stream brings them, a migrated database."""

import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from pulso_trends.store.migrate import migrate

SCORES = {"negative": -0.8, "neutral": 0.05, "positive": 0.9}

MakeScored = Callable[..., FeedbackScored]


@pytest.fixture
def scored() -> MakeScored:
    """Makes a scored event; each call without an id makes a new item, one minute after the one before."""
    numbers = count()

    def make(
        text: str = "El ceviche estuvo bacán", *, sentiment: str = "positive", **fields: object
    ) -> FeedbackScored:
        number = next(numbers)
        created = datetime(2026, 11, 10, 15, tzinfo=UTC) + timedelta(minutes=number)
        aspects = [
            {"aspect": aspect, "term": aspect, "sentiment": opinion, "score": SCORES[opinion]}
            for aspect, opinion in dict(fields.pop("aspects", {})).items()  # type: ignore[call-overload]
        ]
        return FeedbackScored.model_validate(
            {
                "id": hashlib.sha256(f"{number}".encode()).hexdigest()[:32],
                "accepted_at": created,
                "created_at": created,
                "scored_at": created,
                "text": text,
                "channel": "review",
                "language": "es",
                "sentiment": sentiment,
                "probabilities": {"negative": 0.05, "neutral": 0.05, "positive": 0.9},
                "score": SCORES[sentiment],
                "aspects": aspects,
                "model_version": "test",
            }
            | fields
        )

    return make


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database, once on SQLite and once on PostgreSQL."""
    opened = Database(database_url, application="pulso-trends-tests")
    await migrate(opened)
    yield opened
    await opened.close()
