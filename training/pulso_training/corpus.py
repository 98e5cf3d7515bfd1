"""The labelled rows: reading, the fixed split, and the choice of what a quick training run sees."""

import csv
import gzip
import hashlib
import random
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

LABELS = ("negative", "neutral", "positive")
HELD_OUT_FIFTH = 5
PHRASES = "phrases_pe"

_PUNCTUATION = re.compile(r"[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled text of one file."""

    text: str
    label: str
    domain: str
    file: str

    @property
    def key(self) -> str:
        """The text without case, accents, punctuation: equal for what a reader would call the same text."""
        return normalised(self.text)


def normalised(text: str) -> str:
    """Lower-case `text` and strip accents, punctuation and repeated spaces."""
    plain = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    return " ".join(_PUNCTUATION.sub(" ", plain).split())


def is_held_out(key: str) -> bool:
    """Tell whether a normalised text belongs to the fifth that no run may see, in whatever file it is."""
    return int.from_bytes(hashlib.sha256(key.encode()).digest()[:8]) % HELD_OUT_FIFTH == 0


def read_phrases() -> list[Row]:
    """Return the project's own short sentences in the Spanish of Peru, labelled by hand."""
    source = resources.files("pulso_training").joinpath(f"{PHRASES}.csv")
    with source.open(encoding="utf-8") as lines:
        return [Row(row["text"], row["label"], "phrases", PHRASES) for row in csv.DictReader(lines)]


def read_file(path: Path) -> Iterator[Row]:
    """Yield the rows of one gzip CSV with columns `text`, `label`, `domain`; other labels are left out."""
    name = path.name.removesuffix(".csv.gz")
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if row["label"] in LABELS:
                yield Row(row["text"], row["label"], row["domain"], name)


def read_files(data: Path, names: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of the named files of the folder `data`."""
    for name in names:
        yield from read_file(data / f"{name}.csv.gz")


def held_out(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Return the held-out rows of each file, each text once."""
    parts: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        key = row.key
        if key and is_held_out(key):
            parts[row.file].setdefault(key, row)
    return {file: list(part.values()) for file, part in parts.items()}


def training_rows(rows: Iterable[Row], per_class: Mapping[str, int], longest: int, seed: int) -> list[Row]:
    """Choose training rows: none held out, each text once over all files, up to `per_class[file]` per label.

    Restaurant and delivery rows go before the rest of their file, texts above `longest` characters go last.
    """
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    taken: set[str] = set()
    for row in rows:
        key = row.key
        if key and key not in taken and not is_held_out(key):
            taken.add(key)
            groups[row.file, row.label].append(row)
    draw = random.Random(seed)
    chosen: list[Row] = []
    for (file, _), group in sorted(groups.items()):
        draw.shuffle(group)
        group.sort(key=lambda row: (len(row.text) > longest, row.domain not in {"restaurants", "delivery"}))
        chosen += group[: per_class.get(file, 0)]
    draw.shuffle(chosen)
    return chosen


def fingerprint(path: Path) -> str:
    """Return the SHA-256 of a file, by which a training record names its data."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
