"""Splitting a text where the opinion may turn: sentence ends and words such as "pero"."""

import re
from typing import Final, NamedTuple

_TURN: Final = re.compile(
    r"(?=[!?;….,\s])(?:"  # nothing else is tried where it cannot begin
    r"(?:[!?;…\n]|\.(?!\d))+"
    r"|(?:,|(?<![\s,]))\s+(?:"
    r"(?:pero|aunque|sin embargo|no obstante|en cambio|mientras que|s[oó]lo que|l[aá]stima que|eso s[ií]"
    r"|excepto|salvo que|but|although|though|however|except|por[eé]m|embora)\b"
    r"|(?=(?:lo (?:único )?(?:malo|bueno)|y eso que|menos mal|encima|para colmo)\b)))",
    re.IGNORECASE,
)
"""Words such as "pero" belong to no clause; those such as "lo malo" to the one that they open."""
_SOFT: Final = re.compile(r"[,:]|(?<!\s)\s+(?:y|e|and|además|ademas|también|tambien|con)\s", re.IGNORECASE)

EDGES: Final = " .,;:!?¡¿…\n\t"
"""What may stand around a clause without changing it."""


class Clause(NamedTuple):
    """A piece of a text, by its offsets."""

    start: int
    end: int


def clauses(text: str) -> list[Clause]:
    """Return the clauses of `text` in order; what separates them belongs to none."""
    found: list[Clause] = []
    start = 0
    for turn in _TURN.finditer(text):
        found.append(Clause(start, turn.start()))
        start = turn.end()
    found.append(Clause(start, len(text)))
    return [clause for clause in found if text[clause.start : clause.end].strip(EDGES)]


def soft_turn(text: str, start: int, end: int) -> Clause | None:
    """Return where the opinion may turn between two different aspects: a comma, "y", "con"."""
    found = _SOFT.search(text, start, end)
    return Clause(*found.span()) if found else None
