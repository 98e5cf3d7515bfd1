"""The entries of `aspects.toml`, compiled so that the time of a search grows with the text only."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from importlib import resources
from itertools import product
from typing import Final

from pulso_contracts.scoring import Aspect

NUMBER: Final = "#"
BREAK: Final = ","
"""The symbol of a comma, which no gap reaches across."""
DRINK: Final = "<bebida>"
DISH: Final = "<plato>"
_NO_ASPECT: Final = ("todo", "nada")
_GAP: Final = "..."
_GAP_WORDS: Final = 2
_HEAD: Final = 3
_SHORTEST_PLURAL: Final = 4
_SIZES: Final = ("it{}", "az{}", "as{}", "isim{}", "icim{}")
"""Peruvian sizes of an adjective, and how they are misspelt."""


class Sense(Enum):
    """What an entry says of its aspect, as the file calls it."""

    NAMES = "nombra"
    NAMES_IF_ALONE = "apenas"
    PRAISES = "elogia"
    BLAMES = "critica"
    FINDS_SO_SO = "regula"
    COLD = "frio"
    HOT = "caliente"
    LASTS = "dura"


@dataclass(frozen=True, slots=True)
class Entry:
    """The meaning of a phrase; without an aspect it judges what else is named, or only hides its words."""

    aspect: Aspect | None
    sense: Sense


_HIDES: Final = Entry(None, Sense.NAMES)


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry and the positions of the words that are its phrase; those in a gap are not among them."""

    entry: Entry
    words: tuple[int, ...]


Symbols = tuple[str, ...]


@dataclass(slots=True)
class _Node:
    entry: Entry | None = None
    following: dict[str, "_Node"] = field(default_factory=dict)
    after_gap: "_Node | None" = None


class Lexicon:
    """A trie of symbols. A word stands for the symbols that it is a form of: words, stems, lists, `#`."""

    def __init__(self) -> None:
        """Starts empty."""
        self._root = _Node()
        self._forms: dict[str, Symbols] = {}
        self._stems: dict[str, tuple[tuple[str, str], ...]] = {}

    def symbols(self, word: str) -> Symbols:
        """Return what the folded `word` stands for; nothing, for most words."""
        found = self._forms.get(word, ())
        for stem, symbol in self._stems.get(word[:_HEAD], ()):
            if word.startswith(stem):
                found += (symbol,)
        return found or ((NUMBER,) if word[0].isdecimal() else ())

    def hits(self, symbols: Sequence[Symbols]) -> list[Hit]:
        """Return what is named in a clause, in order; of phrases that begin at one word the longest."""
        found: list[Hit] = []
        taken: set[int] = set()
        starts = self._root.following.keys()
        for position, own in enumerate(symbols):
            if not own or position in taken or starts.isdisjoint(own):
                continue
            best = max(_phrases(self._root, symbols, position), key=_length, default=None)
            if best is not None:
                taken.update(best.words)
                if best.entry != _HIDES:
                    found.append(best)
        return found

    def add_list(self, symbol: str, words: Iterable[str]) -> None:
        """Let `symbol` stand for any of some words."""
        for word in words:
            self._learn(word, symbol)

    def add(self, phrase: Sequence[str], entry: Entry) -> None:
        """Add a phrase of words and symbols.

        Raises:
            ValueError: when it is there with another meaning.
        """
        node = self._root
        for part in phrase:
            if part == _GAP:
                node.after_gap = node.after_gap or _Node()
                node = node.after_gap
                continue
            if part[0] not in "#<":
                self._learn(part, part)
            node = node.following.setdefault(part, _Node())
        if node.entry not in (None, entry):
            raise ValueError(f"{' '.join(phrase)} has two meanings")
        node.entry = entry

    def _learn(self, word: str, symbol: str) -> None:
        if word.endswith("*"):
            stem = word[:-1]
            known = self._stems.get(stem[:_HEAD], ())
            if (stem, symbol) not in known:
                self._stems[stem[:_HEAD]] = (*known, (stem, symbol))
            return
        for form in _forms(word):
            symbols = self._forms.get(form, ())
            if symbol not in symbols:
                self._forms[form] = (*symbols, symbol)


def _phrases(root: _Node, symbols: Sequence[Symbols], position: int) -> list[Hit]:
    """Return all phrases that begin at `position`; those are few, since a phrase has few words and gaps."""
    found: list[Hit] = []
    open_ends: list[tuple[_Node, int, tuple[int, ...]]] = [(root, position, ())]
    while open_ends:
        node, at, words = open_ends.pop()
        if node.entry is not None:
            found.append(Hit(node.entry, words))
        if at == len(symbols):
            continue
        if node.after_gap is not None:
            for start in range(at, min(at + _GAP_WORDS + 1, len(symbols))):
                if BREAK in symbols[start]:
                    break
                open_ends.append((node.after_gap, start, words))
        for symbol in reversed(symbols[at]):
            following = node.following.get(symbol)
            if following is not None:
                open_ends.append((following, at + 1, (*words, at)))
    return found


def _length(hit: Hit) -> tuple[int, int]:
    """More words first, then the closest together."""
    return len(hit.words), hit.words[0] - hit.words[-1]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of `aspects.toml`, read once."""
    source = resources.files("pulso_sentiment.domain").joinpath("aspects.toml").read_text(encoding="utf-8")
    content = tomllib.loads(source)
    lists: dict[str, list[str]] = content.pop("listas")
    built = Lexicon()
    built.add_list(BREAK, (BREAK,))
    several = {
        name: [phrase for each in phrases for phrase in _spelt(each, {}) if len(phrase) > 1]
        for name, phrases in lists.items()
    }
    for name, senses in content.items():
        aspect = None if name in _NO_ASPECT else Aspect(name)
        for sense, entries in senses.items():
            for entry in entries:
                for phrase in _spelt(entry, several):
                    built.add(phrase, Entry(aspect, Sense(sense)))
    for name, phrases in lists.items():
        singles = [phrase for each in phrases for phrase in _spelt(each, {}) if len(phrase) == 1]
        symbol = NUMBER if name == "numero" else f"<{name}>"
        built.add_list(symbol, (phrase[0] for phrase in singles))
    return built


def _spelt(entry: str, several: Mapping[str, list[tuple[str, ...]]]) -> Iterator[tuple[str, ...]]:
    """Write out the alternatives of an entry, and the phrases of the lists that it names."""
    choices = [
        [way for choice in part.split("|") for way in ((choice,), *several.get(choice.strip("<>"), ()))]
        if "<" in part
        else [(choice,) for choice in part.split("|")]
        for part in entry.split()
    ]
    for chosen in product(*choices):
        yield tuple(word for way in chosen for word in way)


def _forms(word: str) -> Iterator[str]:
    """The word in its plural, or an adjective `salad~` in all genders, numbers and sizes."""
    if not word.endswith("~"):
        yield word
        if len(word) >= _SHORTEST_PLURAL:
            yield word + ("s" if word[-1] in "aeiou" else "es")
        return
    stem = word[:-1]
    soft = {"c": stem[:-1] + "qu", "g": stem + "u", "z": stem[:-1] + "c"}.get(stem[-1], stem)
    for ending in ("o", "a", "os", "as"):
        yield stem + ending
        for size in _SIZES:
            yield (soft if size[0] == "i" else stem) + size.format(ending)
