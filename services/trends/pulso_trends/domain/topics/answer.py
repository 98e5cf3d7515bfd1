"""What is said of topics in a period, beside the period before."""

import math
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import numpy as np
from pulso_contracts.topics import Topic as ToldTopic
from pulso_contracts.topics import TopicChange, TopicTerm
from pulso_contracts.trends import CorrectedShares, Share

from pulso_trends.domain.concepts import Concept
from pulso_trends.domain.cube import MICRO
from pulso_trends.domain.mentions import COUNTS
from pulso_trends.domain.shares import Correction
from pulso_trends.domain.topics.topics import REST, Topic, Topics

OTHER: Final = Topic(REST, "otros", "other", ())
_TERMS_SHOWN: Final = 10
_WIDTH: Final = 1.96
"""Standard deviations of a 95 % interval."""


class TopicCounts(NamedTuple):
    """Counts of one topic in one channel, in the order of `COUNTS`, and the voices in the period before."""

    topic: int
    channel: str
    counts: Sequence[int]
    voices_before: int


def tell(
    counted: Sequence[TopicCounts],
    topics: Topics,
    concepts: Mapping[str, Concept],
    examples: Mapping[int, Sequence[str]],
    correction: Correction | None,
) -> list[ToldTopic]:
    """Return what is to tell of each topic that was spoken of in either period.

    The most voices come first, the rest of the texts last.

    Args:
        counted: Each topic and channel at most once.
        topics: Those of now; counts of others belong to days that are counted anew just now: to the rest.
        concepts: Names of the members.
        examples: Ids of feedback by topic.
        correction: Of the model that scored, where it is known.
    """
    known = {topic.id: topic for topic in topics.all}
    apart: dict[int, list[TopicCounts]] = {}
    for each in counted:
        apart.setdefault(each.topic if each.topic in known else REST, []).append(each)
    now = sum(each.counts[1] for each in counted)
    before = sum(each.voices_before for each in counted)
    told = [
        _told(
            known.get(topic, OTHER),
            parts,
            totals=(now, before),
            concepts=concepts,
            examples=examples.get(topic, ()),
            correction=correction,
        )
        for topic, parts in apart.items()
    ]
    return sorted(told, key=lambda each: (each.id == OTHER.label_en, -each.voices, -each.items, each.id))


def _told(
    topic: Topic,
    parts: Sequence[TopicCounts],
    *,
    totals: tuple[int, int],
    concepts: Mapping[str, Concept],
    examples: Sequence[str],
    correction: Correction | None,
) -> ToldTopic:
    sums = dict(
        zip(
            COUNTS,
            (sum(column) for column in zip(*(each.counts for each in parts), strict=True)),
            strict=True,
        )
    )
    voices, voices_before = sums["voices"], sum(each.voices_before for each in parts)
    first = [concepts[each.concept] for each in topic.members if each.concept in concepts][:_TERMS_SHOWN]
    mix = {each.channel: float(each.counts[1]) for each in parts}
    return ToldTopic(
        id=OTHER.label_en if topic.id == REST else f"t{topic.id}",
        label_es=topic.label_es,
        label_en=topic.label_en,
        terms=[TopicTerm(concept=each.id, name_es=each.es, name_en=each.en) for each in first],
        items=sums["items"],
        voices=voices,
        share=voices / totals[0] if totals[0] else 0.0,
        negative=sums["negative"],
        neutral=sums["neutral"],
        positive=sums["positive"],
        score=round(sums["score"] / MICRO / voices, 6) if voices else None,
        corrected=None if correction is None or not voices else _corrected(correction, sums, mix),
        change=change((voices, totals[0]), (voices_before, totals[1])),
        examples=list(examples),
    )


def _corrected(correction: Correction, sums: Mapping[str, int], mix: Mapping[str, float]) -> CorrectedShares:
    counts = np.array([[sums["negative"], sums["neutral"], sums["positive"]]], float)
    shares = correction.corrected(counts, mix)
    parts = np.round(np.stack([shares.share[0], shares.low[0], shares.high[0]], axis=-1), 4).tolist()
    negative, neutral, positive = (Share(share=share, low=low, high=high) for share, low, high in parts)
    return CorrectedShares(negative=negative, neutral=neutral, positive=positive)


def change(now: tuple[int, int], before: tuple[int, int]) -> TopicChange | None:
    """Compare two shares, each voices of so many; None where one period has no voice at all.

    The logarithm of the ratio is taken for normal (Katz et al. 1978), with half a voice added to each count,
    so that none is zero (Walter 1975).
    """
    if not now[1] or not before[1]:
        return None
    log_ratio = math.log((now[0] + 0.5) / (now[1] + 0.5)) - math.log((before[0] + 0.5) / (before[1] + 0.5))
    variance = sum(1 / (some + 0.5) - 1 / (every + 0.5) for some, every in (now, before))
    reach = _WIDTH * math.sqrt(variance)
    return TopicChange(
        share_before=before[0] / before[1],
        ratio=round(math.exp(log_ratio), 4),
        low=round(math.exp(log_ratio - reach), 4),
        high=round(math.exp(log_ratio + reach), 4),
    )
