"""Counting good and bad words of a list of our own."""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib import resources

import numpy as np
from pulso_sentiment.model.preprocess import preprocess

from pulso_training.baselines.cuts import Floats, by_cuts
from pulso_training.corpus import Row
from pulso_training.split import normalised

_REACH = 3
"""How many words after a negation are turned round."""
_EMPHASIS = 1.5


def lexicon(training: Sequence[Row], test: Sequence[Row]) -> Floats:
    """Return certain answers [test, 3]; the training rows only say where neutral begins and ends."""
    return by_cuts(training, _polarities(training), _polarities(test))


def polarity(text: str) -> float:
    """Return the sum of the polar words of `text` over the root of its words; 0 without polar words."""
    entries = _entries()
    total, negated, factor = 0.0, 0, 1.0
    words = normalised(preprocess(text)).split()
    for word in words:
        if entries["negation"].fullmatch(word):
            negated = _REACH
            continue
        if entries["emphasis"].fullmatch(word):
            factor = _EMPHASIS
            continue
        sign = bool(entries["positive"].fullmatch(word)) - bool(entries["negative"].fullmatch(word))
        total += -sign * factor if negated else sign * factor
        negated, factor = max(negated - 1, 0), 1.0
    return total / len(words) ** 0.5 if words else 0.0


def _polarities(rows: Sequence[Row]) -> Floats:
    return np.array([polarity(row.text) for row in rows])


@cache
def _entries() -> dict[str, re.Pattern[str]]:
    content = resources.files(__package__).joinpath("lexicon_es.toml").read_text(encoding="utf-8")
    return {
        kind: re.compile("|".join(entry.replace("*", r"\w*") for entry in entries))
        for kind, entries in tomllib.loads(content).items()
    }
