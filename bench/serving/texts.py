"""Real texts to be read: openings of reviews, and tweets."""

import csv
import gzip
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Final

DATA: Final = Path(__file__).resolve().parents[3] / "shared" / "data"
OPENING_CHARACTERS: Final = 150


def real_texts(count: int) -> list[str]:
    """Returns distinct texts, always the same: three quarters openings of reviews, the rest tweets.

    Their mean length is 33 tokens, 95 % have less than 55.
    """
    reviews = (text[:OPENING_CHARACTERS].rsplit(" ", 1)[0] for text in _texts("restmex2021.csv.gz"))
    tweets = _texts("umsab_es.csv.gz")
    mixed = [*_distinct(reviews, count - count // 4), *_distinct(tweets, count // 4)]
    random.Random(20261121).shuffle(mixed)
    return mixed


def _texts(name: str) -> list[str]:
    with gzip.open(DATA / name, "rt", encoding="utf-8", newline="") as file:
        return [row["text"] for row in csv.DictReader(file)]


def _distinct(texts: Iterable[str], count: int) -> list[str]:
    found = sorted(dict.fromkeys(text for text in texts if len(text) > 8))
    return random.Random(count).sample(found, count)
