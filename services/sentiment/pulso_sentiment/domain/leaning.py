"""What the words that name an aspect say of it by themselves: "demoró", "nada caro", "a los diez minutos"."""

from collections.abc import Iterable, Sequence, Set
from enum import IntEnum
from math import exp
from typing import Final

from pulso_sentiment.domain.lexicon import BREAK, DISH, DRINK, Hit, Sense

_NEGATIONS: Final = frozenset(("no", "ni", "nada", "nunca", "jamas", "tampoco", "sin", "not", "never", "nao"))
_NEGATION_REACH: Final = 3
_NEGATION_ENDS: Final = frozenset((BREAK, "y", "e", "o", "que", "and", "porque"))
_SERVED_REACH: Final = 6
_WEIGHT: Final = 3.4
"""Log-odds for what the words say against what the model says of the clause, fitted on bench/aspects/development.csv."""


class Lean(IntEnum):
    """Blame, praise, both at once, or nothing."""

    BLAME = -1
    NONE = 0
    PRAISE = 1
    BOTH = 2

    @classmethod
    def of_all(cls, leans: Iterable["Lean"]) -> "Lean":
        """Return what several words say together."""
        told = {each for each in leans if each is not cls.NONE}
        if len(told) > 1:
            return cls.BOTH
        return told.pop() if told else cls.NONE

    def turned(self) -> "Lean":
        """Return the lean of its negation."""
        return Lean(-self) if abs(self) == 1 else self


def leaned(probabilities: tuple[float, float, float], told: Lean) -> tuple[float, float, float]:
    """Return the probabilities of negative, neutral, positive once the lean of the words is known too."""
    if told not in (Lean.BLAME, Lean.PRAISE):
        return probabilities
    negative, neutral, positive = probabilities
    odds = exp(_WEIGHT)
    negative, positive = (negative * odds, positive) if told is Lean.BLAME else (negative, positive * odds)
    total = negative + neutral + positive
    return negative / total, neutral / total, positive / total


def lean_of(hit: Hit, words: Sequence[str], symbols: Sequence[tuple[str, ...]], taken: Set[int]) -> Lean:
    """Return the lean of `hit` in its clause; `taken` are the words that belong to any hit."""
    told = _unnegated(hit, words, symbols)
    first = hit.words[0]
    for position in range(first - 1, max(first - _NEGATION_REACH, 0) - 1, -1):
        if words[position] in _NEGATION_ENDS:
            break
        if words[position] in _NEGATIONS and position not in taken:
            return told.turned()
    return told


def _unnegated(hit: Hit, words: Sequence[str], symbols: Sequence[tuple[str, ...]]) -> Lean:
    match hit.entry.sense:
        case Sense.PRAISES:
            return Lean.PRAISE
        case Sense.BLAMES:
            return Lean.BLAME
        case Sense.COLD:
            return Lean.PRAISE if _drunk(hit, symbols) else Lean.BLAME
        case Sense.HOT:
            return Lean.BLAME if _drunk(hit, symbols) else Lean.PRAISE
        case Sense.LASTS:
            return _wait(hit, words)
        case _:
            return Lean.NONE


def _drunk(hit: Hit, symbols: Sequence[tuple[str, ...]]) -> bool:
    """Whether the next thing named, before rather than after, is a cold drink."""
    first, last = hit.words[0], hit.words[-1]
    around = (*reversed(symbols[max(first - _SERVED_REACH, 0) : first]), *symbols[last + 1 : last + 4])
    return next((DRINK in each for each in around if DRINK in each or DISH in each), False)


def _wait(hit: Hit, words: Sequence[str]) -> Lean:
    said = [words[position] for position in hit.words]
    if any(word.startswith(("hora", "hr")) for word in said):
        return Lean.NONE if said == ["media", "hora"] else Lean.BLAME
    amount = next((int(word) for word in said if word.isdecimal()), None)
    if amount is None:
        return Lean.NONE
    return Lean.PRAISE if amount <= 30 else Lean.BLAME if amount >= 45 else Lean.NONE
