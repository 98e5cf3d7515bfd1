"""Whole scores and explanations, without the engine."""

from collections.abc import Iterable, Sequence
from operator import itemgetter

from pulso_contracts.scoring import Explanation, SentimentResponse

from pulso_sentiment.domain.explaining import Occlusion
from pulso_sentiment.domain.reading import EMPTY, Opinion, read, score
from pulso_sentiment.judging import Judge
from pulso_sentiment.model import Model, load_model
from pulso_sentiment.model.offline import answer
from pulso_sentiment.settings import DEFAULT_MODEL


def score_offline(texts: Sequence[str], name: str | None) -> SentimentResponse:
    """Load the model that `PULSO_MODEL=name` would mean, else the default, and score texts with it."""
    model = load_model(name or DEFAULT_MODEL)
    readings = [read(text) for text in texts]
    opinions = _opinions(model, [piece for reading in readings for piece in reading.pieces])
    results = [score(reading, [opinions[piece] for piece in reading.pieces]) for reading in readings]
    return SentimentResponse(model_version=model.card.version, results=results)


def explain_offline(texts: Sequence[str], name: str | None) -> list[Explanation]:
    """Load a model as `score_offline` does, and explain its answers on texts by every word.

    Raises:
        TooManyWords: when a text has more words than can be explained.
    """
    occlusions = [Occlusion(text) for text in texts]
    return explain_with(load_model(name or DEFAULT_MODEL), occlusions)


def explain_with(model: Model, occlusions: Iterable[Occlusion]) -> list[Explanation]:
    """Explain the answers of a model that is loaded."""
    explanations = []
    for occlusion in occlusions:
        opinions = _opinions(model, occlusion.pieces)
        told = [opinions[piece] for piece in occlusion.pieces]
        explanations.append(occlusion.explanation(told, model.card.version))
    return explanations


def _opinions(model: Model, pieces: Sequence[str]) -> dict[str, Opinion]:
    distinct = list(dict.fromkeys(pieces))
    judge = Judge(model)
    tokenised, answers = answer(model, distinct)
    opinions: dict[str, Opinion] = {}
    for row, (piece, tokens) in enumerate(zip(distinct, tokenised, strict=True)):
        of_piece = answers.each(itemgetter(slice(row, row + 1)))
        opinions[piece] = judge.opinions([tokens], of_piece)[0] if tokens.windows else EMPTY
    return opinions
