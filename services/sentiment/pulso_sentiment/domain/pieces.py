"""Cutting a clause between the aspects it names, so that a piece holds what is thought of one of them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from pulso_contracts.scoring import Aspect

from pulso_sentiment.domain.clauses import Clause, soft_turn
from pulso_sentiment.domain.leaning import Lean, lean_of
from pulso_sentiment.domain.lexicon import Sense, lexicon

_WORD: Final = re.compile(r"\d+(?:[.,:]\d+)*|[^\W\d_]+(?:'[^\W\d_]+)?|,")
_STRETCHED: Final = re.compile(r"([^\W\d_])\1{2,}")
_SAYS_NOTHING: Final = frozenset(
    ("el", "la", "los", "las", "su", "sus", "de", "del", "un", "una", "y", "e", "en", "the", ",")
)


@dataclass(frozen=True, slots=True)
class Named:
    """Words of a text that name or judge.

    Attributes:
        aspect: What they name; None where they only judge what else is named.
        sense: How they do it.
        lean: What they say of it.
        start: Where they begin in the text.
        end: Where they end.
        words: How many they are.
    """

    aspect: Aspect | None
    sense: Sense
    lean: Lean
    start: int
    end: int
    words: int


@dataclass(slots=True)
class Piece:
    """A part of a clause.

    Attributes:
        start: Where it begins in the text.
        end: Where it ends.
        members: What it names and how it judges, in order.
        shared: Whether what it says of one aspect holds for all.
    """

    start: int
    end: int
    members: list[Named] = field(default_factory=list)
    shared: bool = False


def named(folded: str, clause: Clause) -> list[Named]:
    """Return what a clause of a folded text names and how it judges, in order."""
    matches = list(_WORD.finditer(folded, clause.start, clause.end))
    words = [match[0] for match in matches]
    if _STRETCHED.search(folded, clause.start, clause.end):
        words = [_STRETCHED.sub(r"\1", word) for word in words]
    known = lexicon()
    symbols = [known.symbols(word) for word in words]
    hits = known.hits(symbols)
    taken = {position for hit in hits for position in hit.words}
    return [
        Named(
            aspect=hit.entry.aspect,
            sense=hit.entry.sense,
            lean=lean_of(hit, words, symbols, taken),
            start=matches[hit.words[0]].start(),
            end=matches[hit.words[-1]].end(),
            words=len(hit.words),
        )
        for hit in hits
    ]


def pieces(folded: str, clause: Clause, members: Sequence[Named]) -> Iterator[Piece]:
    """Cut a clause at a soft turn wherever the aspect changes across it, unless it says nothing on one side.

    "La comida y la atención excelentes" stays in one piece, and what it says holds for both.
    """
    whole: Piece | None = None
    whole_is_bare = False
    for part in _parts(folded, clause, members):
        bare = _is_bare(folded, part)
        if whole is not None and (bare or whole_is_bare):
            whole.end = part.end
            whole.members += part.members
            whole.shared = True
            whole_is_bare &= bare
            continue
        if whole is not None:
            yield whole
        whole, whole_is_bare = part, bare
    if whole is not None:
        yield whole


def _parts(folded: str, clause: Clause, members: Sequence[Named]) -> Iterator[Piece]:
    part = Piece(clause.start, clause.end)
    waiting: list[Named] = []
    previous: Named | None = None
    for member in members:
        waiting.append(member)
        if member.aspect is None:
            continue
        changes = previous is not None and previous.aspect is not member.aspect
        turn = soft_turn(folded, previous.end, member.start) if previous and changes else None
        if turn:
            part.members += [each for each in waiting if each.start < turn.start]
            waiting = [each for each in waiting if each.start >= turn.start]
            part.end = turn.start
            yield part
            part = Piece(turn.end, clause.end)
        part.members += waiting
        waiting = []
        previous = member
    part.members += waiting
    yield part


def _is_bare(folded: str, part: Piece) -> bool:
    """Whether a part only names."""
    if not part.members or any(each.lean for each in part.members):
        return False
    telling = [word for word in _WORD.findall(folded, part.start, part.end) if word not in _SAYS_NOTHING]
    return len(telling) <= sum(each.words for each in part.members)
