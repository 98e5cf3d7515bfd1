"""Which aspects a text speaks of, where, and what the words that name them say by themselves."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from pulso_contracts.scoring import Aspect

from pulso_sentiment.domain.clauses import EDGES, Clause, clauses, soft_turn
from pulso_sentiment.domain.leaning import Lean, lean_of
from pulso_sentiment.domain.lexicon import Hit, Sense, lexicon

_WORD: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|,")
_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
_FEW_WORDS: Final = 3
_ARTICLES: Final = frozenset(("el", "la", "los", "las", "su", "sus", "de", "del", "un", "una", "y", "e", "en", "the", ","))


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
    lean: Lean

    @property
    def aspect(self) -> Aspect | None:
        return self.hit.entry.aspect


def _of_clause(text: str, folded: str, clause: Clause) -> Iterator[Mention]:
    named = _named(folded, clause)
    if not named:
        return
    for piece in _pieces(text, folded, clause, named):
        words = text[piece.start : piece.end].strip(EDGES)
        general = Lean.of_all(each.lean for each in piece.members if each.aspect is None)
        if general is Lean.NONE and piece.joint:
            general = Lean.of_all(each.lean for each in piece.members)
        by_aspect: dict[Aspect, list[_Named]] = {}
        for each in _worth(piece.members, words):
            by_aspect.setdefault(each.aspect, []).append(each)
        for aspect, several in by_aspect.items():
            lean = _together(several)
            yield Mention(aspect, text[several[0].start : several[0].end], words, lean or general)


def _together(several: Sequence[_Named]) -> Lean:
    """Return the lean of several words on one aspect; how long it lasts counts where nothing else is said."""
    said = Lean.of_all(each.lean for each in several if each.hit.entry.sense is not Sense.LASTS)
    return said or Lean.of_all(each.lean for each in several)


def _named(folded: str, clause: Clause) -> list[_Named]:
    spans = [match.span() for match in _WORD.finditer(folded, clause.start, clause.end)]
    words = [folded[start:end] for start, end in spans]
    if _STRETCHED.search(folded, clause.start, clause.end):
        words = [_STRETCHED.sub(r"\1", word) for word in words]
    known = lexicon()
    symbols = [known.symbols(word) for word in words]
    hits = known.hits(symbols)
    taken = {position for hit in hits for position in hit.words}
    return [
        _Named(hit, spans[hit.words[0]][0], spans[hit.words[-1]][1], lean_of(hit, words, symbols, taken))
        for hit in hits
    ]


def _worth(members: Sequence[_Named], words: str) -> list[_Named]:
    """Leave out what names no aspect, or one only if nothing else does."""
    naming = [each for each in members if each.aspect is not None]
    sure = [each for each in naming if each.hit.entry.sense is not Sense.NAMES_IF_ALONE]
    doubtful = {each.aspect for each in naming} - {each.aspect for each in sure}
    if sure:
        return sure if doubtful else naming
    return naming if len(words.split()) >= _FEW_WORDS else []


class _Piece(NamedTuple):
    start: int
    end: int
    members: list[_Named]
    joint: bool = False


def _pieces(text: str, folded: str, clause: Clause, named: Sequence[_Named]) -> Iterator[_Piece]:
    """Cut a clause at a soft turn wherever the aspect changes across it, unless it says nothing on one side.

    "La comida y la atención excelentes" stays in one piece, and what it says holds for both.
    """
    turns: list[Clause] = []
    previous = None
    for current in named:
        if current.aspect is not None:
            if previous is not None and previous.aspect is not current.aspect:
                turn = soft_turn(text, previous.end, current.start)
                if turn:
                    turns.append(turn)
            previous = current
    bounds = [clause.start, *(offset for turn in turns for offset in turn), clause.end]
    parts = [
        _Piece(start, end, [each for each in named if start <= each.start < end])
        for start, end in zip(bounds[::2], bounds[1::2], strict=True)
    ]
    yield from _joined(folded, parts)


def _joined(folded: str, parts: list[_Piece]) -> Iterator[_Piece]:
    pending: _Piece | None = None
    for part in parts:
        if pending is None:
            pending = part
        elif _bare(folded, pending) or _bare(folded, part):
            pending = _Piece(pending.start, part.end, [*pending.members, *part.members], joint=True)
        else:
            yield pending
            pending = part
    if pending is not None and pending.members:
        yield pending


def _bare(folded: str, piece: _Piece) -> bool:
    """Whether a piece only names aspects."""
    if any(each.lean for each in piece.members) or not piece.members:
        return False
    said = sum(len(each.hit.words) for each in piece.members)
    others = [word for word in _WORD.findall(folded, piece.start, piece.end) if word not in _ARTICLES]
    return len(others) <= said


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character.lower())[0]
    return base if base.isalpha() else character


_FOLDED: Final = {
    code: _plain(chr(code)) for code in range(0x41, 0x250) if chr(code).isalpha()
}
"""Latin letters in lower case without accents, one for one, so that offsets stay."""
