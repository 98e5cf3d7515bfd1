"""What the words that name an aspect say of it by themselves: "demoró", "nada caro", "a los diez minutos"."""

from collections.abc import Collection, Iterable, Sequence
from enum import IntEnum
from itertools import chain, takewhile
from math import exp
from typing import Final

from pulso_sentiment.domain.lexicon import BREAK, DISH, DRINK, Hit, Sense

_NEGATIONS: Final = frozenset(("no", "ni", "nada", "nunca", "jamas", "tampoco", "sin", "not", "never", "nao"))
_NEGATION_REACH: Final = 3
_NEGATION_ENDS: Final = frozenset((BREAK, "y", "e", "o", "que", "and", "porque"))
_SERVED_REACH: Final = 6
_SERVED_AFTER: Final = 3
_WEIGHT: Final = 3.0
"""Log-odds that the words add to what the model says of the clause, the only fitted number: on
`bench/aspects/development.csv` the likeliest is 3.3, and polarity is the same from 2.5 to 6. A model that is
surer than 20 to 1 of the opposite still wins."""
_QUICK_MINUTES: Final = 30
_LONG_MINUTES: Final = 45
_NUMBERS: Final = {
    "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9, "diez": 10,
    "doce": 12, "quince": 15, "veinte": 20, "veinticinco": 25, "treinta": 30, "cuarenta": 40, "cincuenta": 50,
}  # fmt: skip


class Lean(IntEnum):
    """Blame, praise, so-so, both of the first at once, or nothing."""

    BLAME = -1
    NONE = 0
    PRAISE = 1
    EVEN = 2
    BOTH = 3

    @classmethod
    def of_all(cls, leans: Iterable["Lean"]) -> "Lean":
        """Return what several words say together."""
        told = {each for each in leans if each is not cls.NONE}
        if len(told) > 1:
            told.discard(cls.EVEN)
        if len(told) > 1:
            return cls.BOTH
        return told.pop() if told else cls.NONE

    def turned(self) -> "Lean":
        """Return the lean of its negation."""
        return Lean(-self) if abs(self) == 1 else self


_CLASSES: Final = (Lean.BLAME, Lean.EVEN, Lean.PRAISE)
_PLAIN: Final = {Sense.PRAISES: Lean.PRAISE, Sense.BLAMES: Lean.BLAME, Sense.FINDS_SO_SO: Lean.EVEN}


def leaned(probabilities: tuple[float, float, float], told: Lean) -> tuple[float, float, float]:
    """Return the probabilities of negative, neutral, positive once the lean of the words is known too."""
    if told not in _CLASSES:
        return probabilities
    weighed = list(probabilities)
    weighed[_CLASSES.index(told)] *= exp(_WEIGHT)
    negative, neutral, positive = (each / sum(weighed) for each in weighed)
    return negative, neutral, positive


def lean_of(
    hit: Hit, words: Sequence[str], symbols: Sequence[tuple[str, ...]], taken: Collection[int]
) -> Lean:
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
    sense = hit.entry.sense
    if sense is Sense.LASTS:
        return _wait(hit, words)
    if sense in (Sense.COLD, Sense.HOT):
        return Lean.PRAISE if (sense is Sense.COLD) is _drunk(hit, symbols) else Lean.BLAME
    return _PLAIN.get(sense, Lean.NONE)


def _drunk(hit: Hit, symbols: Sequence[tuple[str, ...]]) -> bool:
    """Whether the next thing named, before rather than after, is a cold drink."""
    first, after = hit.words[0], hit.words[-1] + 1
    before = reversed(symbols[max(first - _SERVED_REACH, 0) : after])
    behind = takewhile(lambda each: BREAK not in each, symbols[after : after + _SERVED_AFTER])
    return next((DRINK in each for each in chain(before, behind) if DRINK in each or DISH in each), False)


def _wait(hit: Hit, words: Sequence[str]) -> Lean:
    """Judge a duration: up to half an hour is praised, from three quarters on blamed."""
    said = [words[position] for position in hit.words]
    hours = any(word.startswith(("hora", "hr")) for word in said)
    if hours and "media" not in said[:1]:
        return Lean.BLAME
    minutes = next(
        (_NUMBERS.get(word) or _number(word) for word in said if word in _NUMBERS or _number(word)), None
    )
    if minutes is None:
        return Lean.NONE
    return Lean.PRAISE if minutes <= _QUICK_MINUTES else Lean.BLAME if minutes >= _LONG_MINUTES else Lean.NONE


def _number(word: str) -> int:
    return int(word) if word.isascii() and word.isdecimal() and len(word) < 5 else 0
