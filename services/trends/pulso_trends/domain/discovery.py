"""Phrases that no list has: what people say often, by association of its words.

Phrases are looked for in texts of all days that trends are tested on. Were they chosen because they are
frequent of late, each would seem to rise; chosen by their number in all days, they say nothing about which
days hold it.
"""

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache
from importlib import resources
from typing import Final, NamedTuple

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.folding import fold
from pulso_trends.domain.words import normal, words

LONGEST: Final = 3
"""Words of a phrase."""
LEAST_TEXTS: Final = 25
"""Texts that hold a phrase; fewer show no change."""
MOST_SHARE: Final = 0.05
"""Of all texts: a word that more of them hold is one of the language or of the business."""
ASSOCIATION: Final = 0.35
"""Least normalised pointwise mutual information of the parts of a phrase (Bouma 2009), from -1 to 1."""
_SHORTEST_WORD: Final = 4
_VERB: Final = re.compile(
    r"(?:[aei]r|[aei]ron|[aei]mo|ando|iendo|aba|aban|ado|ada|ido|ida|mente|ment|isim[oa])(?:l[aeo]|m|s)?$"
)
"""How Spanish verbs, participles and adverbs end, in normal form: alone they name no subject."""
_KEPT: Final = 400_000
"""Candidates kept at a time; beyond, the rarest are forgotten (lossy counting, Manku and Motwani 2002)."""
_SWALLOWED: Final = 0.8
"""A phrase of which so large a part stands in a longer one is not told beside it."""

Phrase = tuple[str, ...]


class Discovered(NamedTuple):
    """A phrase: as it is compared, as it is mostly written, and the number of texts that hold it."""

    words: Phrase
    written: str
    texts: int


def discover(texts: Sequence[str], taxonomy: Taxonomy, *, most: int) -> list[Discovered]:
    """Return the phrases that many texts hold and the taxonomy does not know, the most frequent first.

    Args:
        texts: Of voices, drawn evenly from all days.
        taxonomy: What is known already.
        most: How many phrases at most.
    """
    counts = _counted(words(text) for text in texts)
    fit = {
        phrase: count
        for phrase, count in counts.items()
        if count >= LEAST_TEXTS
        and (len(phrase) > 1 or count <= MOST_SHARE * len(texts))
        and _is_subject(phrase)
        and _holds_together(phrase, counts, len(texts))
    }
    within = _swallowed(fit)
    named = {phrase: count for phrase, count in fit.items() if phrase not in within}
    unknown = [phrase for phrase in named if not taxonomy.mentioned(phrase) and not _extends(phrase, named)]
    chosen = sorted(unknown, key=lambda phrase: (-named[phrase], phrase))[:most]
    written = _written(texts, set(chosen))
    return [Discovered(phrase, written[phrase], named[phrase]) for phrase in chosen]


def _counted(texts: Iterable[Sequence[str]]) -> Counter[Phrase]:
    """Count the texts that hold each phrase of up to `LONGEST` words."""
    counts: Counter[Phrase] = Counter()
    floor = 0
    for text in texts:
        counts.update(
            {
                tuple(text[n : n + length])
                for length in range(1, LONGEST + 1)
                for n in range(len(text) - length + 1)
            }
        )
        while len(counts) > _KEPT:
            floor += 1
            counts = Counter({phrase: count for phrase, count in counts.items() if count > floor})
    return counts


def _is_subject(phrase: Phrase) -> bool:
    """Tell whether a phrase may name something: it neither begins nor ends with a stop word or a number."""
    ends = (phrase[0], phrase[-1])
    if any(word in _stop_words() or not word.isalpha() for word in ends):
        return False
    return len(phrase) > 1 or (len(phrase[0]) >= _SHORTEST_WORD and not _VERB.search(phrase[0]))


def _holds_together(phrase: Phrase, counts: Counter[Phrase], texts: int) -> bool:
    """Tell whether the words of a phrase come together more often than by chance, at its weakest joint."""
    return all(
        _association(counts[phrase], counts[phrase[:cut]], counts[phrase[cut:]], texts) >= ASSOCIATION
        for cut in range(1, len(phrase))
    )


def _association(both: int, one: int, other: int, texts: int) -> float:
    """Return the normalised pointwise mutual information of two parts from the texts that hold them."""
    if both >= texts:
        return 1.0
    return math.log(both * texts / (one * other)) / -math.log(both / texts)


def _extends(phrase: Phrase, named: dict[Phrase, int]) -> bool:
    """Tell whether a phrase only adds to a shorter one of several words, which would lose the texts of it."""
    return len(phrase) > 2 and (phrase[:-1] in named or phrase[1:] in named)


def _swallowed(fit: dict[Phrase, int]) -> set[Phrase]:
    """Return the phrases that mostly stand within a longer one."""
    return {
        part
        for longer, count in fit.items()
        for length in range(1, len(longer))
        for part in (longer[n : n + length] for n in range(len(longer) - length + 1))
        if count > _SWALLOWED * fit.get(part, count)
    }


def _written(texts: Iterable[str], phrases: set[Phrase]) -> dict[Phrase, str]:
    """Return how each phrase is mostly written, in lower case without accents."""
    seen: dict[Phrase, Counter[str]] = {phrase: Counter() for phrase in phrases}
    for text in texts:
        plain = fold(text).split()
        for length in range(1, LONGEST + 1):
            for n in range(len(plain) - length + 1):
                phrase = tuple(map(normal, plain[n : n + length]))
                if phrase in seen:
                    seen[phrase][" ".join(plain[n : n + length])] += 1
    return {
        phrase: min(spellings, key=lambda one: (-spellings[one], one)) if spellings else " ".join(phrase)
        for phrase, spellings in seen.items()
    }


@cache
def _stop_words() -> frozenset[str]:
    source = resources.files("pulso_trends.domain").joinpath("stop_words.toml").read_text(encoding="utf-8")
    return frozenset(normal(word) for listed in tomllib.loads(source).values() for word in listed.split())
