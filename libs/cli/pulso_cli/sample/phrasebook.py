from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import accumulate
from typing import Any, Final

from pulso_cli.sample.catalogue import Product
from pulso_cli.sample.data_files import read_toml
from pulso_cli.sample.grammar import AGREEMENTS, Parts, Phrase


class Polarity(StrEnum):
    """Which way an opinion goes."""

    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"


Phrases = tuple[Phrase, ...]
ByPolarity = dict[Polarity, Phrases]


def by_polarity(table: dict[str, list[str]]) -> ByPolarity:
    """Compile a table with the keys negative, neutral and positive."""
    return {polarity: tuple(map(Phrase.parse, table[polarity])) for polarity in Polarity}


@dataclass(frozen=True, slots=True)
class Pool:
    """All that can be said in Spanish about one product."""

    aspects: tuple[str, ...]
    cumulated: tuple[float, ...]
    """Weights of the aspects, added up."""
    clauses: dict[str, ByPolarity]
    closing: ByPolarity
    short: ByPolarity
    stall: ByPolarity | None
    context: Phrases
    suggestion: Phrases
    question: Phrases


@cache
def pool_for(product: Product, *, hot: bool) -> Pool:
    """Phrases that fit a product; `hot` adds those that only fit what is served hot."""
    tags = product.tags | {"caliente"} if hot else product.tags
    book = read_toml(f"phrases/{product.domain}")

    def fitting(phrases: Phrases) -> Phrases:
        return tuple(phrase for phrase in phrases if phrase.tag is None or phrase.tag in tags)

    def table(source: dict[str, list[str]]) -> ByPolarity:
        return {polarity: fitting(phrases) for polarity, phrases in by_polarity(source).items()}

    def listed(source: dict[str, Any]) -> Phrases:
        return fitting(tuple(map(Phrase.parse, source["templates"])))

    clauses = {name: table(entry) for name, entry in book["aspects"].items() if name not in product.skip}
    complete = {name: phrases for name, phrases in clauses.items() if all(phrases.values())}
    stalls = read_toml("phrases/market").get(product.domain)
    return Pool(
        aspects=tuple(complete),
        cumulated=tuple(accumulate(book["aspects"][name]["weight"] for name in complete)),
        clauses=complete,
        closing=table(book["closing"]),
        short=table(book["short"]),
        stall=table(stalls) if stalls else None,
        context=listed(book["context"]),
        suggestion=listed(book["suggestion"]),
        question=listed(book["question"]),
    )


@cache
def foreign(language: str, domain: str) -> ByPolarity:
    """Sentences of another language about a domain, or its closing words for the domain "closing"."""
    return by_polarity(
        read_toml(f"phrases/{ {'en': 'english', 'pt': 'portuguese', 'qu': 'quechua'}[language] }")[domain]
    )


def _fillers() -> dict[str, tuple[tuple[str, ...], ...]]:
    def words(sources: list[str], agreement: int) -> tuple[str, ...]:
        return tuple(_literal(Phrase.parse(source).full[agreement]) for source in sources)

    return {
        name: tuple(words(sources, at) for at in range(len(AGREEMENTS)))
        for name, sources in read_toml("slots").items()
    }


def _literal(parts: Parts) -> str:
    if len(parts) > 1:
        raise ValueError(f"slots.toml may not use slots of its own: {parts}")
    return parts[0]


FILLERS: Final = _fillers()
"""Lists of slots.toml, for each agreement."""
