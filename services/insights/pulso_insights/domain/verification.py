"""What a language model wrote is let through only if every figure in it is a reference to a fact."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pulso_contracts.insights import Fact

from pulso_insights.domain.rendering import PLACEHOLDER

MAX_SECTIONS: Final = 8
MAX_SENTENCES: Final = 8
MAX_CHARACTERS: Final = 500
_MARKUP: Final = re.compile(r"[<>`|\[\]]|https?:|www\.", re.IGNORECASE)
_SPELLED_NUMBERS: Final = re.compile(
    r"""\b(?:
    dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|quince|veinte|treinta|cuarenta|cincuenta|sesenta
    |setenta|ochenta|noventa|cien|ciento|\w*cient[oa]s|quinient[oa]s|mil|miles|millon|millones|mitad|doble|triple
    |tercios?|cuart[oa]s?|quintos?|decenas?|docenas?|centenas?
    |two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|seventy
    |eighty|ninety|hundreds?|thousands?|millions?|half|doubled?|tripled?|twice|thrice|thirds?|quarters?|dozens?
    )\b""",
    re.VERBOSE,
)
"""A figure in words is a figure all the same."""


@dataclass(frozen=True, slots=True)
class DraftSection:
    """A heading and sentence templates, as a writer hands them in."""

    heading: str
    sentences: Sequence[str]


class Rejected(Exception):
    """A draft that must not be shown; the message tells its writer why, `reason` is for counting."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


def verify(sections: Sequence[DraftSection], facts: Mapping[str, Fact]) -> None:
    """Lets a draft pass or says what is wrong with it.

    Raises:
        Rejected: A figure that is no reference, an unknown fact, markup, no fact at all, or a wrong size.
    """
    if not 1 <= len(sections) <= MAX_SECTIONS:
        raise Rejected("size", f"Write 1 to {MAX_SECTIONS} sections.")
    for section in sections:
        if not 1 <= len(section.sentences) <= MAX_SENTENCES:
            raise Rejected("size", f"Write 1 to {MAX_SENTENCES} sentences in each section.")
        _verify_text(section.heading, {})
        for sentence in section.sentences:
            _verify_text(sentence, facts)
    if not any(PLACEHOLDER.search(sentence) for section in sections for sentence in section.sentences):
        raise Rejected("no_facts", "Refer to the facts by their ids, such as {F1}.")


def _verify_text(text: str, facts: Mapping[str, Fact]) -> None:
    if not text.strip() or len(text) > MAX_CHARACTERS:
        raise Rejected("size", f"Each heading and sentence has 1 to {MAX_CHARACTERS} characters.")
    for match in PLACEHOLDER.finditer(text):
        fact = facts.get(match[1])
        if fact is None:
            raise Rejected("unknown_fact", f"There is no fact {match[1]} to refer to here.")
        if match[2] == "subject" and fact.subject is None:
            raise Rejected("unknown_fact", f"Fact {match[1]} has no subject.")
        if match[2] == "size" and isinstance(fact.value, str):
            raise Rejected("unknown_fact", f"Fact {match[1]} has no size.")
    rest = PLACEHOLDER.sub(" ", text)
    if any(unicodedata.category(character).startswith("N") for character in rest) or "%" in rest:
        raise Rejected("figure", "Write no digits and no percent signs; refer to figures by {F…} only.")
    if _SPELLED_NUMBERS.search(_folded(rest)):
        raise Rejected("figure", "Write no numbers in words; refer to figures by {F…} only.")
    if _MARKUP.search(rest) or "{" in rest or "}" in rest:
        raise Rejected("markup", "Write plain sentences without markup, links or other braces.")


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
