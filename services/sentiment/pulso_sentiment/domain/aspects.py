"""Which aspects a text speaks of, where, and what the words that name them say by themselves."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from pulso_contracts.scoring import Aspect

from pulso_sentiment.domain.clauses import EDGES, Clause, clauses, soft_turn
from pulso_sentiment.domain.leaning import Lean, lean
from pulso_sentiment.domain.lexicon import Hit, Sense, lexicon

_WORD: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|,")
_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
_FEW_WORDS: Final = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """An aspect in a clause.

    Attributes:
        aspect: Which.
        term: The first words of the text that named it.
        clause: The part of the text that says what is thought of it.
        lean: What the words that name it say of it by themselves.
    """

    aspect: Aspect
    term: str
    clause: str
    lean: Lean = Lean.NONE


def mentions(text: str) -> list[Mention]:
    """Return what `text` mentions: each aspect at most once per clause, in the order of the text."""
    folded = text.translate(_FOLDED)
    return [mention for clause in clauses(text) for mention in _of_clause(text, folded, clause)]


@dataclass(frozen=True, slots=True)
class _Named:
    hit: Hit
    start: int
    end: int

    @property
    def aspect(self) -> Aspect:
        assert self.hit.entry.aspect is not None
        return self.hit.entry.aspect


def _of_clause(text: str, folded: str, clause: Clause) -> Iterator[Mention]:
    spans = [match.span() for match in _WORD.finditer(folded, clause.start, clause.end)]
    words = [_STRETCHED.sub(r"\1", folded[start:end]) for start, end in spans]
    symbols = [lexicon().symbols(word) for word in words]
    named = [_Named(hit, spans[hit.words[0]][0], spans[hit.words[-1]][1]) for hit in lexicon().hits(symbols)]
    taken = {position for each in named for position in each.hit.words}
    for piece, members in _pieces(text, clause, named):
        by_aspect: dict[Aspect, list[_Named]] = {}
        for each in _worth(members, piece):
            by_aspect.setdefault(each.aspect, []).append(each)
        for aspect, several in by_aspect.items():
            leans = [lean(each.hit, words, symbols, taken) for each in several]
            first = several[0]
            yield Mention(aspect, text[first.start : first.end], piece, Lean.of_all(leans))


def _worth(members: Sequence[_Named], piece: str) -> list[_Named]:
    """Leave out what names an aspect only if nothing else does."""
    sure = [each for each in members if each.hit.entry.sense is not Sense.NAMES_IF_ALONE]
    if {each.aspect for each in sure} <= {each.aspect for each in members if each not in sure}:
        return [] if not sure and len(piece.split()) < _FEW_WORDS else list(members)
    return sure


def _pieces(text: str, clause: Clause, named: Sequence[_Named]) -> Iterator[tuple[str, list[_Named]]]:
    """Cut a clause at a soft turn wherever the aspect changes across it."""
    if not named:
        return
    start, members = clause.start, [named[0]]
    for previous, current in pairwise(named):
        turn = soft_turn(text, previous.end, current.start) if previous.aspect is not current.aspect else None
        if turn:
            yield text[start : turn.start].strip(EDGES), members
            start, members = turn.end, []
        members.append(current)
    yield text[start : clause.end].strip(EDGES), members


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character.lower())[0]
    return base if base.isalpha() else character


_FOLDED: Final = {
    code: _plain(chr(code)) for code in range(0x41, 0x250) if chr(code).isalpha()
}
"""Latin letters in lower case without accents, one for one, so that offsets stay."""
