"""Which items a question is about. Values of one filter are alternatives, filters narrow each other."""

from dataclasses import dataclass
from datetime import datetime

from pulso_contracts.feedback import Channel
from pulso_contracts.peru import resolve_department
from pulso_contracts.scoring import Aspect, Flag, Sentiment

from pulso_trends.domain.folding import fold
from pulso_trends.errors import InvalidQuery

MAX_SEARCH_CHARACTERS = 200
MAX_SEARCH_WORDS = 10


@dataclass(frozen=True, slots=True)
class Filters:
    """What roll-ups can be narrowed by; an empty tuple narrows nothing.

    With `aspects` an item counts once for each of them that it speaks of, and `sentiments` mean the opinion
    on that aspect rather than on the whole.
    """

    regions: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    products: tuple[str, ...] = ()
    product_categories: tuple[str, ...] = ()
    aspects: tuple[Aspect, ...] = ()
    sentiments: tuple[Sentiment, ...] = ()


@dataclass(frozen=True, slots=True)
class ItemFilters(Filters):
    """What single items can be narrowed by, besides: each of `words` must begin a word of the text."""

    words: tuple[str, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    lowest_score: float | None = None
    highest_score: float | None = None
    flags: tuple[Flag, ...] = ()


def departments(values: list[str]) -> tuple[str, ...]:
    """The names of the departments that `values` mean.

    Raises:
        InvalidQuery: One of them names no department of Peru.
    """
    found = [resolve_department(value) for value in values]
    if None in found:
        raise InvalidQuery("region", "names no department of Peru")
    return tuple(dict.fromkeys(department.name for department in found if department is not None))


def search_words(query: str | None) -> tuple[str, ...]:
    """The words to look for, folded; none for an absent query.

    Raises:
        InvalidQuery: The query holds control characters, no word, or too much.
    """
    if query is None:
        return ()
    if len(query) > MAX_SEARCH_CHARACTERS:
        raise InvalidQuery("q", f"must not be longer than {MAX_SEARCH_CHARACTERS} characters")
    if any(ord(character) < 32 for character in query):
        raise InvalidQuery("q", "must not hold control characters")
    words = tuple(dict.fromkeys(fold(query).split()))
    if not words:
        raise InvalidQuery("q", "must hold a letter or a digit")
    if len(words) > MAX_SEARCH_WORDS:
        raise InvalidQuery("q", f"must not hold more than {MAX_SEARCH_WORDS} words")
    return words
