"""What the sentiment model says about one text."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from pulso_contracts.base import Lenient, Strict
from pulso_contracts.feedback import MAX_TEXT_CHARACTERS

MAX_TEXTS_PER_REQUEST = 256


class Sentiment(StrEnum):
    """The three classes, in the model's order."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Flag(StrEnum):
    """What a reader of a score or an item should know about it."""

    REDACTED = "redacted"
    UNKNOWN_REGION = "unknown_region"
    TRUNCATED = "truncated"
    EMPTY = "empty"


class Aspect(StrEnum):
    """What a person may praise or blame; stable ids, worded for users elsewhere."""

    SABOR = "sabor"
    PRECIO = "precio"
    TAMANO = "tamano"
    TEMPERATURA = "temperatura"
    EMPAQUE = "empaque"
    ENTREGA = "entrega"
    ATENCION = "atencion"
    LIMPIEZA = "limpieza"
    APLICACION = "aplicacion"
    PAGO = "pago"
    DISPONIBILIDAD = "disponibilidad"


class Probabilities(Lenient):
    """One probability per class; they sum to 1."""

    negative: float = Field(ge=0, le=1)
    neutral: float = Field(ge=0, le=1)
    positive: float = Field(ge=0, le=1)


class AspectSentiment(Lenient):
    """The opinion on one aspect: the word that named it, the class, and P(positive) - P(negative)."""

    aspect: Aspect
    term: str
    sentiment: Sentiment
    score: float = Field(ge=-1, le=1)


class Score(Lenient):
    """The model's answer for one text. `score` is P(positive) - P(negative), from -1 to 1."""

    sentiment: Sentiment
    probabilities: Probabilities
    score: float = Field(ge=-1, le=1)
    aspects: list[AspectSentiment] = []
    flags: list[Flag] = []


class SentimentRequest(Strict):
    """Texts to score now, in one call."""

    texts: Annotated[
        list[Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)]],
        Field(
            min_length=1,
            max_length=MAX_TEXTS_PER_REQUEST,
            examples=[["Bacán el lomo saltado", "Una estafa, llegó frío"]],
        ),
    ]


class SentimentResponse(Lenient):
    """One score per text, in the order sent."""

    model_version: str
    results: list[Score]
