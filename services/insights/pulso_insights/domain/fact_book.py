"""The facts of one brief, each with an id, a label in the reader's language and its proof."""

from dataclasses import dataclass
from typing import Final

from pulso_contracts.insights import BriefLanguage, Fact, Unit

from pulso_insights.domain.tally import Group, Tally
from pulso_insights.domain.words import LABELS

DECIMALS: Final = 1
"""A tenth of a point is finer than any sample here."""


class FactBook:
    """Collects facts; each is written down once, however often it is used."""

    def __init__(self, language: BriefLanguage) -> None:
        self.facts: list[Fact] = []
        self._labels = LABELS[language]
        self._known: dict[tuple[str, str | None, str], str] = {}

    def add(
        self,
        name: str,
        value: float | str,
        unit: Unit,
        query: str,
        *,
        subject: str | None = None,
        derived_from: tuple[str, ...] = (),
    ) -> str:
        """Writes a fact down and returns its id.

        Args:
            name: What it is, a key of the labels.
            value: Its figure, date or id.
            unit: What the value counts.
            query: The API call that tells it.
            subject: The group it is about.
            derived_from: The ids of the facts it is computed from.
        """
        key = (name, subject, query)
        if key not in self._known:
            identifier = f"F{len(self.facts) + 1}"
            self._known[key] = identifier
            self.facts.append(
                Fact(
                    id=identifier,
                    label=self._labels[name],
                    subject=subject,
                    value=value,
                    unit=unit,
                    query=query,
                    derived_from=list(derived_from),
                )
            )
        return self._known[key]


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """The facts about one group, written down when they are asked for; each method returns a fact's id."""

    book: FactBook
    group: Group
    subject: str | None
    unit: Unit
    query: str
    query_before: str

    def count(self) -> str:
        """How many in the period."""
        return self._now("count", self.group.now.count, self.unit)

    def count_before(self) -> str:
        """How many in the period before."""
        return self._before("count_before", self.group.before.count, self.unit)

    def change(self) -> str:
        """By how many percent the count changed; there must have been some before."""
        now, before = self.group.now.count, self.group.before.count
        change = round(100 * (now - before) / before, DECIMALS)
        return self._now("change", change, Unit.PERCENT, self.count(), self.count_before())

    def share(self, sentiment: str) -> str:
        """The share of one sentiment in the period."""
        part = self._now(sentiment, getattr(self.group.now, sentiment), self.unit)
        value = percent(self.group.now, sentiment)
        return self._now(f"{sentiment}_share", value, Unit.PERCENT, part, self.count())

    def share_before(self, sentiment: str) -> str:
        """The share of one sentiment in the period before."""
        part = self._before(f"{sentiment}_before", getattr(self.group.before, sentiment), self.unit)
        value = percent(self.group.before, sentiment)
        return self._before(f"{sentiment}_share_before", value, Unit.PERCENT, part, self.count_before())

    def share_change(self, sentiment: str) -> str:
        """By how many points the share of one sentiment changed, as the rounded shares show it."""
        points = round(percent(self.group.now, sentiment) - percent(self.group.before, sentiment), DECIMALS)
        parts = (self.share(sentiment), self.share_before(sentiment))
        return self._now(f"{sentiment}_points", points, Unit.POINTS, *parts)

    def _now(self, name: str, value: float, unit: Unit, *derived_from: str) -> str:
        return self.book.add(name, value, unit, self.query, subject=self.subject, derived_from=derived_from)

    def _before(self, name: str, value: float, unit: Unit, *derived_from: str) -> str:
        return self.book.add(
            name, value, unit, self.query_before, subject=self.subject, derived_from=derived_from
        )


def percent(tally: Tally, sentiment: str) -> float:
    """The share of a sentiment, rounded as it is shown."""
    return round(100 * getattr(tally, sentiment) / tally.count, DECIMALS) if tally.count else 0.0
