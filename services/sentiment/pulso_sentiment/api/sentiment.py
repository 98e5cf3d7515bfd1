"""`POST /sentiment`, `POST /sentiment/explain` and `GET /sentiment/model`."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pulso_contracts.feedback import FieldError
from pulso_contracts.scoring import ExplainRequest, Explanation, Score, SentimentRequest, SentimentResponse
from pulso_kit.errors import Malformed

from pulso_sentiment.api.connection import while_connected
from pulso_sentiment.api.dependencies import engine_told, model_card, scorer
from pulso_sentiment.domain.explaining import TooManyWords
from pulso_sentiment.engine import TextFailed
from pulso_sentiment.errors import TextNotScored
from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.scoring import Scorer

router = APIRouter(prefix="/sentiment", tags=["sentiment"])
TheScorer = Annotated[Scorer, Depends(scorer)]


@router.post("", summary="Score texts now")
async def score_texts(request: Request, body: SentimentRequest, scorer: TheScorer) -> SentimentResponse:
    """Score up to 256 texts, in the order sent: class, probabilities, emotion, aspects and flags of each."""
    with engine_told():
        outcomes = await while_connected(request, scorer.scores(body.texts))
    results: list[Score] = []
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, TextFailed):
            raise TextNotScored(f"The model failed on the text at index {index}.")
        results.append(outcome)
    return SentimentResponse(model_version=scorer.model_version, results=results)


@router.post("/explain", summary="Tell which words led to an answer")
async def explain_text(request: Request, body: ExplainRequest, scorer: TheScorer) -> Explanation:
    """Weigh the words of a text of up to 128 by what leaving each of them out does to the answer.

    Of more than 19 words, 19 or nearly half are weighed, those that usually weigh most; the others have null.
    With `every_word` all are weighed, which takes about twice as long.
    """
    try:
        with engine_told():
            outcome = await while_connected(
                request, scorer.explanation(body.text, every_word=body.every_word)
            )
    except TooManyWords as error:
        field = FieldError(field="text", message=str(error))
        raise Malformed("Some fields break their rules.", errors=[field]) from error
    if isinstance(outcome, TextFailed):
        raise TextNotScored("The model failed on the text or on a part of it.")
    return outcome


@router.get("/model", summary="The model that scores")
async def describe_model(card: Annotated[ModelCard, Depends(model_card)]) -> ModelCard:
    """Tell which model is loaded, how it did on held-out texts, and how far its answers can be trusted."""
    return card
