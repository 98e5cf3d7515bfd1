"""Putting figures into sentences: the only place where a number becomes text."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

from pulso_contracts.insights import BriefLanguage, Fact, Sentence, Unit

from pulso_insights.domain.words import MONTHS

PLACEHOLDER: Final = re.compile(r"\{(F[1-9]\d{0,3})(?:\.(subject|size))?\}")
"""`{F3}` is the value of fact F3 with its unit, `{F3.size}` without its sign, `{F3.subject}` its group."""

_NOUNS: Final = {
    BriefLanguage.SPANISH: {
        Unit.ITEMS: ("comentario", "comentarios"),
        Unit.OPINIONS: ("opinión", "opiniones"),
        Unit.POINTS: ("punto", "puntos"),
        Unit.DAYS: ("día", "días"),
    },
    BriefLanguage.ENGLISH: {
        Unit.ITEMS: ("comment", "comments"),
        Unit.OPINIONS: ("opinion", "opinions"),
        Unit.POINTS: ("point", "points"),
        Unit.DAYS: ("day", "days"),
    },
}


def shown(fact: Fact, language: BriefLanguage, *, signed: bool = True) -> str:
    """A fact's value as a reader sees it; Peru writes 1,234.5 as English does."""
    if isinstance(fact.value, str):
        return _spelled_date(fact.value, language) if fact.unit is Unit.DATE else fact.value
    value = fact.value if signed else abs(fact.value)
    number = f"{value:,.1f}".removesuffix(".0").replace("-", "−")
    if fact.unit is Unit.PERCENT:
        return f"{number}\N{NO-BREAK SPACE}%" if language is BriefLanguage.SPANISH else f"{number}%"
    noun = _NOUNS[language][fact.unit][0 if value == 1 else 1]
    return f"{number} {noun}"


def rendered(template: str, facts: Mapping[str, Fact], language: BriefLanguage) -> Sentence:
    """The sentence for readers.

    Args:
        template: Text with placeholders; each must name one of `facts`.
        facts: The facts of the brief by id.
        language: Decides how dates and units are written.
    """
    used = [match[1] for match in PLACEHOLDER.finditer(template)]

    def figure(match: re.Match[str]) -> str:
        fact, form = facts[match[1]], match[2]
        return (fact.subject or "") if form == "subject" else shown(fact, language, signed=form != "size")

    text = PLACEHOLDER.sub(figure, template)
    return Sentence(text=text[:1].upper() + text[1:], template=template, facts=list(dict.fromkeys(used)))


def spelled_day(day: date, language: BriefLanguage) -> str:
    """A day in words."""
    month = MONTHS[language][day.month - 1]
    if language is BriefLanguage.SPANISH:
        return f"{day.day} de {month} de {day.year}"
    return f"{day.day} {month} {day.year}"


def _spelled_date(value: str, language: BriefLanguage) -> str:
    return spelled_day(date.fromisoformat(value), language)
