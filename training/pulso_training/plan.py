"""Which rows the shipped model is trained on.

Tweets carry human labels and are taken whole. Review files carry stars, which are noisy in the middle, so
they are balanced by class and weighted towards food and delivery.
"""

import hashlib
import random
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from pulso_training.corpus import (
    PHRASES,
    Row,
    held_out,
    read_file,
    read_files,
    read_phrases,
    training_rows,
)

TWEETS = ("umsab_es", "tass2020_es_pe", "tass2020_es_other", "umsab_en", "umsab_pt")
REVIEWS = (
    "domicilios_co_delivery", "gmaps_pe_restaurants", "meia2025", "restmex2022", "restmex2021",
    "cuba_restaurants", "tourism_bi", "cuba_hotels", "quechua_covid",
)  # fmt: skip
FILES = (*TWEETS, *REVIEWS)

PER_CLASS = {
    "umsab_es": 10_000,
    "tass2020_es_pe": 10_000,
    "tass2020_es_other": 10_000,
    "umsab_en": 350,
    "umsab_pt": 250,
    "domicilios_co_delivery": 2_200,
    "gmaps_pe_restaurants": 10_000,
    "meia2025": 600,
    "restmex2022": 700,
    "restmex2021": 200,
    "cuba_restaurants": 350,
    "tourism_bi": 450,
    "cuba_hotels": 300,
    "quechua_covid": 10_000,
}
"""The most rows per file and label that a run takes: about 20,000 in all."""

REFINING_ROWS = 3_000
PHRASE_REPEATS = 8
"""How often each own phrase is seen when refining: they are few, short, and just what customers write."""

LONGEST_CHARACTERS = 350
"""Rows above this length are taken only where a file has no shorter ones: what customers write is short."""


def paths(data: Path) -> list[Path]:
    """Return the planned files of the folder `data`."""
    return [data / f"{name}.csv.gz" for name in FILES]


def rows(data: Path, seed: int) -> list[Row]:
    """Return the rows of the labelled files to train on, shuffled."""
    return training_rows(read_files(data, FILES), PER_CLASS, LONGEST_CHARACTERS, seed)


def refining_rows(data: Path, seed: int) -> list[Row]:
    """Return our own phrases, repeated, among some rows of the first run, so that nothing is forgotten."""
    phrases = training_rows(read_phrases(), {PHRASES: len(read_phrases())}, LONGEST_CHARACTERS, seed)
    draw = random.Random(seed)
    chosen = draw.sample(rows(data, seed), REFINING_ROWS) + phrases * PHRASE_REPEATS
    draw.shuffle(chosen)
    return chosen


def held_out_parts(files: Iterable[Path], most: int) -> dict[str, list[Row]]:
    """Return up to `most` held-out rows of each file and of our own phrases, always the same; 0 means all."""
    parts = held_out(chain(read_phrases(), (row for path in files for row in read_file(path))))
    return {name: sorted(part, key=_order)[: most or None] for name, part in parts.items()}


def _order(row: Row) -> str:
    return hashlib.sha256(row.key[::-1].encode()).hexdigest()
