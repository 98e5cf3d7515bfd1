"""What endpoints take from the app, and what they tell when the engine cannot take their texts."""

from collections.abc import Iterator
from contextlib import contextmanager

from fastapi import Request
from pulso_kit.errors import Unavailable

from pulso_sentiment import metrics
from pulso_sentiment.engine import EngineStopped, Overloaded
from pulso_sentiment.model import Model
from pulso_sentiment.model.card import ModelCard
from pulso_sentiment.scoring import Scorer

_RESTART_SECONDS = 5.0


async def scorer(request: Request) -> Scorer:
    """The scorer of this process; `async`, or FastAPI would fetch it in a thread of its own."""
    found: Scorer = request.app.state.scorer
    return found


async def loaded_model(request: Request) -> Model:
    """The model of this process."""
    found: Model = request.app.state.model
    return found


async def model_card(request: Request) -> ModelCard:
    """The card of the model that is loaded."""
    found: ModelCard = request.app.state.model_card
    return found


@contextmanager
def engine_told() -> Iterator[None]:
    """Turn a full or stopped engine into a 503 that says when to come back."""
    try:
        yield
    except Overloaded as error:
        metrics.REFUSED_REQUESTS.inc()
        raise Unavailable("The sentiment queue is full.", retry_after=error.retry_after) from error
    except EngineStopped as error:
        raise Unavailable("The sentiment engine is restarting.", retry_after=_RESTART_SECONDS) from error
