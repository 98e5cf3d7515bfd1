"""`POST /sentiment` and `GET /sentiment/model`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pulso_contracts.scoring import Score, SentimentRequest, SentimentResponse
from pulso_kit.errors import Unavailable

from pulso_sentiment import metrics
from pulso_sentiment.engine import EngineStopped, Lane, Overloaded, TextFailed
from pulso_sentiment.errors import TextNotScored
from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.scoring import Scorer

router = APIRouter(prefix="/sentiment", tags=["sentiment"])
_RESTART_SECONDS = 5.0


def _scorer(request: Request) -> Scorer:
    scorer: Scorer = request.app.state.scorer
    return scorer


def _card(request: Request) -> ModelCard:
    card: ModelCard = request.app.state.model_card
    return card


@router.post("", summary="Score texts now")
async def score_texts(
    body: SentimentRequest, scorer: Annotated[Scorer, Depends(_scorer)]
) -> SentimentResponse:
    """Score up to 256 texts: class, probabilities, score and aspects of each, in the order sent."""
    try:
        outcomes = await scorer.scores(body.texts, Lane.INTERACTIVE)
    except Overloaded as error:
        metrics.REFUSED_REQUESTS.inc()
        raise Unavailable("The sentiment queue is full.", retry_after=error.retry_after) from error
    except EngineStopped as error:
        raise Unavailable("The sentiment engine is restarting.", retry_after=_RESTART_SECONDS) from error
    results: list[Score] = []
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, TextFailed):
            raise TextNotScored(f"The model failed on the text at index {index}.")
        results.append(outcome)
    return SentimentResponse(model_version=scorer.model_version, results=results)


@router.get("/model", summary="The model that scores")
async def describe_model(card: Annotated[ModelCard, Depends(_card)]) -> ModelCard:
    """Tell which model is loaded and how it did on held-out texts."""
    return card
