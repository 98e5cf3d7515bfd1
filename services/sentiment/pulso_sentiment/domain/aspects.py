"""Which aspects a text speaks of, by a lexicon of Peruvian Spanish with some English and Portuguese."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import pairwise

from pulso_contracts.scoring import Aspect

from pulso_sentiment.domain.clauses import EDGES, SOFT_TURN, Clause, clauses

_WORD = re.compile(r"\w+(?:'\w+)?")
_SHORTEST_STEM = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """An aspect, the word of the text that named it, and the clause that says what is thought of it."""

    aspect: Aspect
    term: str
    clause: str


@dataclass(frozen=True)
class Lexicon:
    """Words, stems and phrases; a phrase goes before a word, the longest first."""

    words: dict[str, Aspect]
    stems: dict[str, Aspect]
    phrases: dict[str, list[tuple[tuple[str, ...], Aspect]]]

    def at(self, words: list[str], position: int) -> tuple[Aspect, int] | None:
        """Return the aspect named at `position` and by how many words, if any."""
        first = words[position]
        for phrase, aspect in self.phrases.get(first, ()):
            if tuple(words[position : position + len(phrase)]) == phrase:
                return aspect, len(phrase)
        aspect_of_word = self.words.get(first) or self._by_stem(first)
        return None if aspect_of_word is None else (aspect_of_word, 1)

    def _by_stem(self, word: str) -> Aspect | None:
        for length in range(len(word), _SHORTEST_STEM - 1, -1):
            if aspect := self.stems.get(word[:length]):
                return aspect
        return None


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of `aspects.toml`, read once."""
    source = resources.files("pulso_sentiment.domain").joinpath("aspects.toml").read_text(encoding="utf-8")
    words: dict[str, Aspect] = {}
    stems: dict[str, Aspect] = {}
    phrases: dict[str, list[tuple[tuple[str, ...], Aspect]]] = {}
    for name, entries in tomllib.loads(source).items():
        aspect = Aspect(name)
        for entry in entries:
            parts = tuple(entry.split())
            if len(parts) > 1:
                phrases.setdefault(parts[0], []).append((parts, aspect))
            elif entry.endswith("*"):
                stems[entry[:-1]] = aspect
            else:
                words[entry] = aspect
    for choices in phrases.values():
        choices.sort(key=lambda choice: -len(choice[0]))
    return Lexicon(words, stems, phrases)


def mentions(text: str) -> list[Mention]:
    """Return what `text` mentions: each aspect at most once per clause, in the order of the text."""
    found: list[Mention] = []
    for clause in clauses(text):
        named = _named(text, clause)
        for piece, members in _pieces(text, clause, named):
            seen: set[Aspect] = set()
            for aspect, start, end in members:
                if aspect not in seen:
                    seen.add(aspect)
                    found.append(Mention(aspect, text[start:end], piece))
    return found


_Named = tuple[Aspect, int, int]


def _named(text: str, clause: Clause) -> list[_Named]:
    spans = [match.span() for match in _WORD.finditer(text, clause.start, clause.end)]
    words = [_folded(text[start:end]) for start, end in spans]
    found: list[_Named] = []
    position = 0
    while position < len(words):
        hit = lexicon().at(words, position)
        if hit is None:
            position += 1
            continue
        aspect, length = hit
        found.append((aspect, spans[position][0], spans[position + length - 1][1]))
        position += length
    return found


def _pieces(text: str, clause: Clause, named: list[_Named]) -> Iterator[tuple[str, list[_Named]]]:
    """Cut a clause at a soft boundary wherever the aspect changes across it."""
    if not named:
        return
    start, members = clause.start, [named[0]]
    for previous, current in pairwise(named):
        boundary = SOFT_TURN.search(text, previous[2], current[1]) if previous[0] is not current[0] else None
        if boundary:
            yield text[start : boundary.start()].strip(EDGES), members
            start, members = boundary.end(), []
        members.append(current)
    yield text[start : clause.end].strip(EDGES), members


def _folded(word: str) -> str:
    decomposed = unicodedata.normalize("NFD", word.lower())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
