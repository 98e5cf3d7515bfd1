"""What the sentiment model says about one text."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from pulso_contracts.base import Lenient, Strict
from pulso_contracts.feedback import MAX_TEXT_CHARACTERS

MAX_TEXTS_PER_REQUEST = 256
MAX_EXPLAINED_WORDS = 128


class Sentiment(StrEnum):
    """The three classes, in the model's order."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


class Emotion(StrEnum):
    """The seven emotions of EmoEvent (Plaza-del-Arco et al. 2020, LREC), in the model's order."""

    OTHERS = "others"
    JOY = "joy"
    SADNESS = "sadness"
    ANGER = "anger"
    SURPRISE = "surprise"
    DISGUST = "disgust"
    FEAR = "fear"


class Flag(StrEnum):
    """What a reader of a score or an item should know about it."""

    REDACTED = "redacted"
    UNKNOWN_REGION = "unknown_region"
    TRUNCATED = "truncated"
    """The end of a very long text was not read."""
    EMPTY = "empty"
    """Nothing in the text can be read; the answer says nothing about it."""
    LOW_CONFIDENCE = "low_confidence"
    """The confidence is below what the model card asks before anything is done because of one answer."""
    OUT_OF_DOMAIN = "out_of_domain"
    """The text is unlike those that the model learnt from."""
    OTHER_LANGUAGE = "other_language"
    """The text seems to be in none of the languages that the model reads."""


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


class EmotionScore(Lenient):
    """The likeliest emotion and its probability among the seven."""

    emotion: Emotion
    probability: float = Field(ge=0, le=1)


class Score(Lenient):
    """The model's answer for one text. `score` is P(positive) - P(negative), from -1 to 1.

    `confidence` is the calibrated probability of `sentiment`: of the answers given with 0.8, four in five are
    right. It is 0 for an empty text. `emotion` is absent when the model tells none.
    """

    sentiment: Sentiment
    probabilities: Probabilities
    score: float = Field(ge=-1, le=1)
    confidence: float = Field(ge=0, le=1)
    emotion: EmotionScore | None = None
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


class EmbeddingsRequest(Strict):
    """Words or short phrases whose meanings are to be compared; a call from service to service."""

    texts: Annotated[
        list[Annotated[str, StringConstraints(max_length=MAX_TEXT_CHARACTERS)]],
        Field(
            min_length=1, max_length=MAX_TEXTS_PER_REQUEST, examples=[["lomo saltado", "tiempo de espera"]]
        ),
    ]


class Embeddings(Lenient):
    """One vector of `dimensions` numbers per text, in the order sent; zeros for a text without words.

    Only vectors of one `model_version` can be compared.
    """

    model_version: str
    dimensions: int
    embeddings: list[list[float]]


class ExplainRequest(Strict):
    """One text whose answer is to be explained, of at most 128 words.

    With `every_word` all of them are weighed; else, of more than 19 words, those that usually weigh most.
    """

    text: Annotated[
        str,
        StringConstraints(max_length=MAX_TEXT_CHARACTERS, strip_whitespace=False),
        Field(examples=["Bacán el lomo saltado, pero llegó frío"]),
    ]
    every_word: bool = False


class WordWeight(Lenient):
    """A word at `text[start:end]`, in Unicode code points, and what it did to the answer.

    `weight` is by how much the log-odds of the answer's class (natural logarithm) fall when the word is left
    out: above 0 the word speaks for the answer, below 0 against it; null for a word that was not weighed.
    """

    word: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    weight: float | None


class Explanation(Lenient):
    """Why a text got its answer. `base` is the log-odds of that answer for the whole text."""

    model_version: str
    sentiment: Sentiment
    probabilities: Probabilities
    words: list[WordWeight]
    base: float
