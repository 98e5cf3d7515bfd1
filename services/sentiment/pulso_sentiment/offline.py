"""Whole scores, aspects included, without the engine."""

from collections.abc import Sequence

from pulso_contracts.scoring import SentimentResponse

from pulso_sentiment.domain.reading import Opinion, read, score
from pulso_sentiment.model import load_model
from pulso_sentiment.model.offline import predict
from pulso_sentiment.settings import DEFAULT_MODEL


def score_offline(texts: Sequence[str], name: str | None) -> SentimentResponse:
    """Load the model that `PULSO_MODEL=name` would mean, else the default, and score texts with it."""
    model = load_model(name or DEFAULT_MODEL)
    readings = [read(text) for text in texts]
    pieces = list(dict.fromkeys(piece for reading in readings for piece in reading.pieces))
    tokens, probabilities = predict(model, pieces)
    opinions = {
        piece: Opinion((float(row[0]), float(row[1]), float(row[2])), found.truncated, not found.ids)
        for piece, found, row in zip(pieces, tokens, probabilities, strict=True)
    }
    results = [score(reading, [opinions[piece] for piece in reading.pieces]) for reading in readings]
    return SentimentResponse(model_version=model.card.version, results=results)
