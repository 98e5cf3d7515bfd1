"""Which aspects a text speaks of, where, and what the words that name them say by themselves."""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from pulso_contracts.scoring import Aspect

from pulso_sentiment.domain.clauses import EDGES, clauses
from pulso_sentiment.domain.leaning import Lean
from pulso_sentiment.domain.lexicon import Sense
from pulso_sentiment.domain.pieces import Named, Piece, named, pieces

_FEW_WORDS: Final = 3
"""A piece of fewer words says nothing of what is only named in passing: "la comida"."""


@dataclass(frozen=True, slots=True)
class Mention:
    """An aspect in a clause.

    Attributes:
        aspect: Which.
        term: The first words of the text that named it.
        clause: The part of the text that says what is thought of it.
        lean: What the words say of it by themselves.
    """

    aspect: Aspect
    term: str
    clause: str
    lean: Lean = Lean.NONE


def mentions(text: str) -> list[Mention]:
    """Return what `text` mentions: each aspect at most once per clause, in the order of the text."""
    folded = text.translate(_FOLDED)
    return [
        mention
        for clause in clauses(text)
        if (members := named(folded, clause))
        for piece in pieces(folded, clause, members)
        for mention in _of_piece(text, piece)
    ]


def _of_piece(text: str, piece: Piece) -> Iterator[Mention]:
    clause = text[piece.start : piece.end].strip(EDGES)
    judging = piece.members if piece.shared else [each for each in piece.members if each.aspect is None]
    said_of_all = Lean.of_all(each.lean for each in judging)
    by_aspect: dict[Aspect, list[Named]] = {}
    for each in _worth_telling(piece.members, clause):
        if each.aspect is not None:
            by_aspect.setdefault(each.aspect, []).append(each)
    for aspect, several in by_aspect.items():
        term = text[several[0].start : several[0].end]
        yield Mention(aspect, term, clause, _together(several) or said_of_all)


def _worth_telling(members: Sequence[Named], clause: str) -> Sequence[Named]:
    """Leave out what names an aspect only where nothing else does."""
    naming = [each for each in members if each.aspect is not None]
    sure = [each for each in naming if each.sense is not Sense.NAMES_IF_ALONE]
    if not sure:
        return naming if len(clause.split(maxsplit=_FEW_WORDS)) >= _FEW_WORDS else ()
    in_passing = {each.aspect for each in naming} - {each.aspect for each in sure}
    return sure if in_passing else naming


def _together(several: Sequence[Named]) -> Lean:
    """Return what is said of one aspect; how long it lasted counts where nothing else is said."""
    said = Lean.of_all(each.lean for each in several if each.sense is not Sense.LASTS)
    return said or Lean.of_all(each.lean for each in several)


def _plain(character: str) -> str:
    base = unicodedata.normalize("NFD", character.lower())[0]
    return base if base.isalpha() else character


_FOLDED: Final = {code: _plain(chr(code)) for code in range(0x41, 0x250) if chr(code).isalpha()}
"""Latin letters in lower case without accents, one for one, so that offsets stay."""
