"""What each item adds to the counts of what people talk about."""

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from pulso_contracts.scoring import AspectSentiment, Sentiment

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.cube import MICRO, SENTIMENTS
from pulso_trends.domain.topics.topics import Topics

EVERYTHING: Final = ""
"""The concept of which every item speaks: what shares are shares of."""
COUNTS: Final = ("items", "voices", "negative", "neutral", "positive", "score")
"""What a cell holds: all items; voices; voices of each sentiment; the sum of their scores in millionths."""


class MentionKey(NamedTuple):
    """Where a cell lies; an open department is ''."""

    day: int
    concept: str
    region: str
    channel: str


class TopicKey(NamedTuple):
    """Where a cell of topics lies; an open department is ''."""

    day: int
    topic: int
    region: str
    channel: str


class Remark(NamedTuple):
    """What is counted of one item.

    Attributes:
        day: Peru's day of its creation.
        said: The words of its text, normalised.
        voice: Whether it is a voice of its own.
        overall: Its sentiment and score.
    """

    day: int
    region: str
    channel: str
    said: Sequence[str]
    voice: bool
    overall: tuple[Sentiment, float]
    aspects: tuple[AspectSentiment, ...]


class Counted(NamedTuple):
    """Cells that remarks add to, and what they add, in the order of `COUNTS`."""

    mentions: dict[MentionKey, list[int]]
    topics: dict[TopicKey, list[int]]


def count(remarks: Iterable[Remark], taxonomy: Taxonomy, topics: Topics) -> Counted:
    """Return what `remarks` add to the counts of concepts and, each in one place, of topics.

    A concept and a topic have the sentiment of the whole item, a service aspect that of the opinion on it.
    """
    counted = Counted({}, {})
    for remark in remarks:
        spoken = dict.fromkeys(taxonomy.mentioned(remark.said), remark.overall)
        for aspect in remark.aspects:
            spoken.setdefault(aspect.aspect.value, (aspect.sentiment, aspect.score))
        home = TopicKey(remark.day, topics.home(spoken), remark.region, remark.channel)
        _add(counted.topics.setdefault(home, [0] * len(COUNTS)), remark.voice, *remark.overall)
        spoken[EVERYTHING] = remark.overall
        for concept, opinion in spoken.items():
            key = MentionKey(remark.day, concept, remark.region, remark.channel)
            _add(counted.mentions.setdefault(key, [0] * len(COUNTS)), remark.voice, *opinion)
    return counted


def _add(cell: list[int], voice: bool, sentiment: Sentiment, score: float) -> None:
    cell[0] += 1
    if voice:
        cell[1] += 1
        cell[2 + SENTIMENTS.index(sentiment)] += 1
        cell[5] += round(score * MICRO)
