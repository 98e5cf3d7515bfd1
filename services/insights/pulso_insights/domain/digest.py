"""From findings to what a brief says: statements in order, each with the facts that it rests on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from pulso_contracts.insights import BriefLanguage, Fact, Unit

from pulso_insights.domain.fact_book import DECIMALS, FactBook, GroupFacts, percent
from pulso_insights.domain.findings import Breakdown, Dimension, Findings, Movements
from pulso_insights.domain.tally import FEW, Evidence, Group, Tally
from pulso_insights.domain.words import spelled

MOST_OF_A_KIND: Final = 2
"""Movements of one kind that a section tells: a brief is read, not studied."""
_VOLUME: Final = {1: "volume_up", 0: "volume_same", -1: "volume_down"}
_MOOD: Final = {1: "mood_worse", 0: "mood_same", -1: "mood_better"}
ALWAYS_TOLD: Final = 5
"""The largest groups of each dimension, whose main facts are always in the book: context for a model."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing to say. `slots` hold placeholders of facts, such as `{F3}` or `{F3.subject}`."""

    kind: str
    slots: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """Statements that belong together; `kind` is `overview`, `movements`, a dimension, or `examples`."""

    kind: str
    statements: Sequence[Statement]


@dataclass(frozen=True, slots=True)
class Digest:
    """All that a brief rests on."""

    facts: Sequence[Fact]
    parts: Sequence[Part]


def digest(findings: Findings, language: BriefLanguage, *, asked: bool) -> Digest:
    """Chooses what is worth saying.

    Args:
        findings: What trends told.
        language: The language of labels and subjects.
        asked: Whether the reader asked a question of their own.
    """
    book = FactBook(language)
    evidence = Evidence(2 + sum(4 * len(breakdown.groups) for breakdown in findings.breakdowns))
    parts = [Part("overview", list(_overview(findings, book, evidence, asked=asked)))]
    if findings.movements is not None:
        parts.append(Part("movements", list(_movements(findings.movements, book, language))))
    for breakdown in findings.breakdowns:
        statements = _Section(breakdown, book, evidence, language).statements()
        if statements:
            parts.append(Part(breakdown.dimension, statements))
    if findings.examples:
        parts.append(Part("examples", [_examples(findings, book)]))
    return Digest(book.facts, parts)


def value(fact: str) -> str:
    """The placeholder of a fact's value."""
    return f"{{{fact}}}"


def size(fact: str) -> str:
    """The placeholder of a fact's value without its sign."""
    return f"{{{fact}.size}}"


def subject(fact: str) -> str:
    """The placeholder of what a fact is about."""
    return f"{{{fact}.subject}}"


def _overview(findings: Findings, book: FactBook, evidence: Evidence, *, asked: bool) -> Iterator[Statement]:
    period, group = findings.period, findings.whole
    now, before = group.now, group.before
    days = {
        "first": value(book.add("first_day", period.first.isoformat(), Unit.DATE, findings.query)),
        "last": value(book.add("last_day", period.last.isoformat(), Unit.DATE, findings.query)),
    }
    facts = GroupFacts(book, group, None, Unit.ITEMS, findings.query, findings.query_before)
    if asked:
        yield Statement("question")
    if not now.count:
        yield Statement("empty", days)
        return
    count = days | {
        "count": value(facts.count()),
        "before": value(facts.count_before()),
        "days": value(book.add("days", period.days, Unit.DAYS, findings.query)),
    }
    if before.count:
        moved = evidence.volume(now.count, before.count)
        yield Statement(_VOLUME[moved], count | {"change": size(facts.change())})
    else:
        yield Statement("volume_new", count)
    if now.count < FEW:
        yield Statement("few")
    shares = {"negative": value(facts.share("negative")), "positive": value(facts.share("positive"))}
    yield Statement("mood", shares)
    if min(now.count, before.count) >= FEW:
        moved = evidence.share(now.negative, now.count, before.negative, before.count)
        points = {
            "points": size(facts.share_change("negative")),
            "before": value(facts.share_before("negative")),
        }
        yield Statement(_MOOD[moved], points)
    if findings.period_is_open:
        yield Statement("open")


def _movements(movements: Movements, book: FactBook, language: BriefLanguage) -> Iterator[Statement]:
    last = value(book.add("last_looked_at", movements.last_day.isoformat(), Unit.DATE, movements.query))
    if not movements.changes:
        yield Statement("nothing_moves", {"last": last})
        return
    for each in movements.changes:
        name = f"{each.name} ({spelled(each.place, 'place', language)})"
        counted = book.add("heard", each.count, Unit.ITEMS, each.query, subject=name)
        usual = round(each.expected, DECIMALS)
        slots = {
            "subject": subject(counted),
            "count": value(counted),
            "expected": value(book.add("usual", usual, Unit.ITEMS, each.query, subject=name)),
            "days": value(book.add("looked_at_days", each.days, Unit.DAYS, each.query, subject=name)),
            "last": last,
        }
        yield Statement(each.status, slots)
    chance = round(100 * movements.false_share, DECIMALS)
    share = book.add("false_share", chance, Unit.PERCENT, movements.query)
    yield Statement("how_sure", {"share": value(share)})


def _examples(findings: Findings, book: FactBook) -> Statement:
    ids = [
        value(book.add(f"example_{item.sentiment}", item.id, Unit.ITEM_ID, item.query))
        for item in findings.examples
    ]
    return Statement("examples", {"ids": ", ".join(ids)})


class _Section:
    """What there is to say about the groups of one dimension."""

    def __init__(
        self, breakdown: Breakdown, book: FactBook, evidence: Evidence, language: BriefLanguage
    ) -> None:
        self._breakdown = breakdown
        self._book = book
        self._evidence = evidence
        self._language = language
        self._now = sum((group.now for group in breakdown.groups), Tally())
        self._before = sum((group.before for group in breakdown.groups), Tally())

    def statements(self) -> list[Statement]:
        """The largest groups, then whatever stands out or moved."""
        largest = [group for group in self._breakdown.groups if group.now.count][:ALWAYS_TOLD]
        if not largest:
            return []
        for group in largest:
            facts = self._facts(group)
            facts.share("negative")
            facts.share("positive")
        outstanding = [*self._standing_out(), *self._moved(), *self._turned()]
        return [self._largest(largest[:3]), *(outstanding or [Statement("quiet")])]

    def _largest(self, groups: Sequence[Group]) -> Statement:
        slots: dict[str, str] = {}
        for place, group in enumerate(groups, start=1):
            count = self._facts(group).count()
            slots |= {f"subject{place}": subject(count), f"count{place}": value(count)}
        return Statement(f"largest{len(groups)}", slots)

    def _standing_out(self) -> Iterator[Statement]:
        for sentiment, kind in (("negative", "worst"), ("positive", "best")):
            clear = [group for group in self._breakdown.groups if self._is_above_the_rest(group, sentiment)]
            for group in sorted(clear, key=lambda each: -percent(each.now, sentiment))[:1]:
                facts = self._facts(group)
                share = facts.share(sentiment)
                slots = {"subject": subject(share), "share": value(share), "count": value(facts.count())}
                yield Statement(kind, slots)

    def _is_above_the_rest(self, group: Group, sentiment: str) -> bool:
        rest = self._now - group.now
        part, other = getattr(group.now, sentiment), getattr(rest, sentiment)
        return self._evidence.share(part, group.now.count, other, rest.count) > 0

    def _moved(self) -> Iterator[Statement]:
        """Groups whose part of the whole moved, and whose own count moved the same way."""
        moves: dict[str, list[Group]] = {"rose": [], "appeared": [], "fell": []}
        for group in self._breakdown.groups:
            now, before = group.now.count, group.before.count
            direction = self._evidence.share(now, self._now.count, before, self._before.count)
            if direction > 0 and now > before:
                moves["rose" if before else "appeared"].append(group)
            elif direction < 0 and now < before:
                moves["fell"].append(group)
        for kind, groups in moves.items():
            largest_first = sorted(groups, key=lambda each: -abs(each.now.count - each.before.count))
            for group in largest_first[:MOST_OF_A_KIND]:
                facts = self._facts(group)
                slots = {"subject": subject(facts.count()), "count": value(facts.count())}
                slots["before"] = value(facts.count_before())
                if group.before.count:
                    slots["change"] = size(facts.change())
                yield Statement(kind, slots)

    def _turned(self) -> Iterator[Statement]:
        """Groups whose negative share moved."""
        turns: dict[str, list[Group]] = {"soured": [], "improved": []}
        for group in self._breakdown.groups:
            now, before = group.now, group.before
            direction = self._evidence.share(now.negative, now.count, before.negative, before.count)
            if direction:
                turns["soured" if direction > 0 else "improved"].append(group)
        for kind, groups in turns.items():
            for group in groups[:MOST_OF_A_KIND]:
                facts = self._facts(group)
                share = facts.share("negative")
                slots = {"subject": subject(share), "share": value(share)}
                yield Statement(kind, slots | {"before": value(facts.share_before("negative"))})

    def _facts(self, group: Group) -> GroupFacts:
        breakdown = self._breakdown
        return GroupFacts(
            book=self._book,
            group=group,
            subject=spelled(group.key, breakdown.dimension, self._language),
            unit=Unit.OPINIONS if breakdown.dimension is Dimension.ASPECT else Unit.ITEMS,
            query=breakdown.query,
            query_before=breakdown.query_before,
        )
