"""From texts to what the model must read, and from its answers back to scores."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from pulso_contracts.scoring import (
    Aspect,
    AspectSentiment,
    EmotionScore,
    Flag,
    Probabilities,
    Score,
    Sentiment,
)

from pulso_sentiment.domain.aspects import Mention, mentions
from pulso_sentiment.domain.clauses import EDGES
from pulso_sentiment.domain.language import has_letters, is_other_language
from pulso_sentiment.domain.leaning import leaned

MAX_CLAUSES = 8
"""Clauses of one text that are scored apart; later ones of a long text add work but hardly an aspect."""

_CLASSES = tuple(Sentiment)


@dataclass(frozen=True, slots=True)
class Opinion:
    """The model's answer for one piece of text.

    Attributes:
        probabilities: Calibrated, of negative, neutral, positive.
        emotion: The likeliest emotion, where the model tells any.
        flags: What the model does not know about the text.
        unknown_share: Share of the text's pieces that are not in the model's vocabulary.
    """

    probabilities: tuple[float, float, float]
    emotion: EmotionScore | None = None
    flags: tuple[Flag, ...] = ()
    unknown_share: float = 0.0

    @property
    def empty(self) -> bool:
        """Whether nothing could be read, so that the probabilities say nothing."""
        return Flag.EMPTY in self.flags

    @property
    def confidence(self) -> float:
        """The probability of the likeliest class; 0 for what could not be read."""
        return 0.0 if self.empty else max(self.probabilities)

    @property
    def sentiment(self) -> Sentiment:
        """The likeliest class."""
        return _CLASSES[self.probabilities.index(max(self.probabilities))]

    @property
    def score(self) -> float:
        """P(positive) - P(negative), rounded to what the model can tell apart."""
        return round(self.probabilities[2] - self.probabilities[0], 4)


EMPTY = Opinion((0.0, 1.0, 0.0), flags=(Flag.EMPTY,))
"""The opinion on a text of which nothing can be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text, what it mentions, and the pieces to score for it: the text itself first.

    Attributes:
        text: As it was sent.
        mentions: The aspects that it speaks of.
        pieces: What the model must read for it.
        other_language: Whether it is surely in a language that the model does not read.
    """

    text: str
    mentions: tuple[Mention, ...]
    pieces: tuple[str, ...]
    other_language: bool = False


def read(text: str) -> Reading:
    """Find the aspects of `text` and the clauses that must be scored apart from it."""
    found = mentions(text)
    whole = text.strip(EDGES)
    clauses = dict.fromkeys(mention.clause for mention in found if mention.clause != whole)
    kept = tuple(clauses)[:MAX_CLAUSES]
    usable = tuple(mention for mention in found if mention.clause in kept or mention.clause == whole)
    return Reading(text, usable, (text, *kept), is_other_language(text))


def named(probabilities: tuple[float, float, float]) -> Probabilities:
    """Return probabilities by class, rounded to what the model can tell apart."""
    return Probabilities(**dict(zip(_CLASSES, map(_rounded, probabilities), strict=True)))


def score(reading: Reading, opinions: Sequence[Opinion]) -> Score:
    """Put a score together; `opinions` answers `reading.pieces`.

    An aspect that several clauses mention keeps the opinion that is furthest from indifference.
    """
    whole, *apart = opinions
    by_clause = dict(zip(reading.pieces[1:], apart, strict=True))
    return Score(
        sentiment=whole.sentiment,
        probabilities=named(whole.probabilities),
        score=whole.score,
        confidence=_rounded(whole.confidence),
        emotion=whole.emotion,
        aspects=list(_aspects(reading.mentions, by_clause, whole).values()),
        flags=_flags(reading, whole),
    )


def _flags(reading: Reading, opinion: Opinion) -> list[Flag]:
    unreadable = opinion.unknown_share > 0.5 and has_letters(reading.text)
    if reading.other_language or unreadable:
        return [*opinion.flags, Flag.OTHER_LANGUAGE]
    return list(opinion.flags)


def _aspects(
    found: Sequence[Mention], by_clause: Mapping[str, Opinion], whole: Opinion
) -> dict[Aspect, AspectSentiment]:
    chosen: dict[Aspect, AspectSentiment] = {}
    for mention in found:
        heard = by_clause.get(mention.clause, whole)
        opinion = replace(heard, probabilities=leaned(heard.probabilities, mention.lean))
        before = chosen.get(mention.aspect)
        if before is None or abs(opinion.score) > abs(before.score):
            chosen[mention.aspect] = AspectSentiment(
                aspect=mention.aspect, term=mention.term, sentiment=opinion.sentiment, score=opinion.score
            )
    return chosen


def _rounded(probability: float) -> float:
    return round(probability, 4)
