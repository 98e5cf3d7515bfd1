"""Which words led to an answer: each is left out in turn, and the answer asked again.

Occlusion (Zeiler and Fergus 2014, ECCV) of whole words; a word's weight is the change of the log-odds of the
answer's class, as in Li, Monroe and Jurafsky 2016, "Understanding neural networks through representation
erasure". Log-odds and not probabilities: near 0 and 1 a probability hardly moves, whatever is left out.

A text is read once for each word that is weighed. Of long texts only the words that usually weigh most are,
unless all are asked for (docs/adr/0031-words-worth-weighing.md).
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log

from pulso_contracts.scoring import MAX_EXPLAINED_WORDS, Explanation, Sentiment, WordWeight

from pulso_sentiment.domain.reading import Opinion, named

_PICTURE = "[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
_STYLE = "[\ufe0f\U0001f3fb-\U0001f3ff]?"
_EMOJI = f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|{_PICTURE}{_STYLE}(?:\u200d{_PICTURE}{_STYLE})*"
"""Flags, keycaps, and pictures with their tone, joined or alone (Unicode TR 51)."""
_WORD = re.compile(
    rf"(?:https?://|www\.)\S+|{_EMOJI}|[@#]?\w[\w\u0300-\u036f\u00ad\u200b-\u200d\u2060]*", re.IGNORECASE
)
"""Links, mentions and tags are one word each, as they are to a reader."""
_CLASSES = tuple(Sentiment)
_LEAST = 1e-6
_NO_EVIDENCE = (1 / 3, 1 / 3, 1 / 3)
"""What stands for an opinion on nothing, when the only word was left out."""

_FEW = 19
"""Texts of up to so many words have all of them weighed; longer ones so many, or half of their words less
one, since the text itself is read besides."""


class TooManyWords(Exception):
    """A text of more words than can be explained."""

    def __init__(self) -> None:
        super().__init__(f"must have at most {MAX_EXPLAINED_WORDS} words")


@dataclass(frozen=True, slots=True)
class Word:
    """A word by its offsets."""

    start: int
    end: int


def words(text: str) -> list[Word]:
    """Return the words of `text` in order: runs of letters and digits, emoji, links."""
    return [Word(*match.span()) for match in _WORD.finditer(text)]


class Occlusion:
    """A text and what must be scored to explain it.

    Attributes:
        words: What the text consists of, in order.
        enough: How many of them are weighed for somebody who does not want to wait for all.
        pieces: The text itself, then without each of the words that are weighed.

    Raises:
        TooManyWords: when it is made for a text of more than 128 words.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._words = words(text)
        if len(self._words) > MAX_EXPLAINED_WORDS:
            raise TooManyWords
        self.words = [text[word.start : word.end] for word in self._words]
        self.enough = max(_FEW, len(self.words) // 2 - 1)
        self.weigh(range(len(self.words)))

    def weigh(self, places: Iterable[int]) -> None:
        """Have only the words at `places` weighed; at first all are."""
        self._weighed = list(places)
        chosen = (self._words[place] for place in self._weighed)
        self.pieces = [self._text, *(self._text[: word.start] + self._text[word.end :] for word in chosen)]

    def explanation(self, opinions: Sequence[Opinion], model_version: str) -> Explanation:
        """Weigh the words; `opinions` answers `pieces`."""
        whole, *without = opinions
        base = _log_odds(whole, whole.sentiment)
        weights = {
            place: round(base - _log_odds(opinion, whole.sentiment), 4)
            for place, opinion in zip(self._weighed, without, strict=True)
        }
        return Explanation(
            model_version=model_version,
            sentiment=whole.sentiment,
            probabilities=named(whole.probabilities),
            words=[
                WordWeight(word=self.words[place], start=word.start, end=word.end, weight=weights.get(place))
                for place, word in enumerate(self._words)
            ],
            base=round(base, 4),
        )


def _log_odds(opinion: Opinion, sentiment: Sentiment) -> float:
    probabilities = _NO_EVIDENCE if opinion.empty else opinion.probabilities
    probability = min(max(probabilities[_CLASSES.index(sentiment)], _LEAST), 1 - _LEAST)
    return log(probability / (1 - probability))
