"""The labelled files: where each comes from, what may be done with it, and the rows that a run sees."""

import hashlib
import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from pathlib import Path

from pulso_training.corpus import Row, read_file, read_files, read_phrases
from pulso_training.split import Part, part_of

TWEETS = ("umsab_es", "tass2020_es_pe", "tass2020_es_other", "umsab_en", "umsab_pt")
REVIEWS = (
    "domicilios_co_delivery", "gmaps_pe_restaurants", "meia2025", "restmex2022", "restmex2021",
    "cuba_restaurants", "tourism_bi", "cuba_hotels", "quechua_covid",
)  # fmt: skip
EMOTION_FILES = ("emotions_emoevent_es",)
FILES = (*TWEETS, *REVIEWS, *EMOTION_FILES)

PRETRAINING_CHARACTERS = 300
PRETRAINING_ROWS = {"domicilios_co_delivery": 14_000, "umsab_en": 500, "umsab_pt": 500}
PRETRAINING_OTHER_ROWS = 6_000
"""The most texts of a file, short ones first, that masked-word training sees."""


def paths(data: Path) -> list[Path]:
    """Return the planned files of the folder `data`."""
    return [data / f"{name}.csv.gz" for name in FILES]


def all_rows(files: Iterable[Path]) -> Iterable[Row]:
    """Yield our own phrases and the rows of the files."""
    return chain(read_phrases(), (row for path in files for row in read_file(path)))


def parts(rows: Iterable[Row], wanted: Part, most: int = 0) -> dict[str, list[Row]]:
    """Return up to `most` rows of a part by file, always the same ones, each text once; 0 means all."""
    found: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in rows:
        key = row.key
        if key and part_of(key) is wanted:
            found[row.file].setdefault(key, row)
    return {
        file: [by_key[key] for key in sorted(by_key, key=_order)[: most or None]]
        for file, by_key in found.items()
    }


def training_rows(rows: Iterable[Row], per_class: Mapping[str, int], default: int, seed: int) -> list[Row]:
    """Choose rows of the training part, each text once over all files, shuffled.

    Up to `per_class[file]` rows of each label are taken (`default` of files that are not named);
    restaurant and delivery rows go before the rest of their file.
    """
    groups: dict[tuple[str, str], list[Row]] = defaultdict(list)
    taken: set[str] = set()
    for row in rows:
        key = row.key
        if key and key not in taken and part_of(key) is Part.TRAIN:
            taken.add(key)
            groups[row.file, row.label or row.emotion].append(row)
    draw = random.Random(seed)
    chosen: list[Row] = []
    for (file, _), group in sorted(groups.items()):
        draw.shuffle(group)
        group.sort(key=lambda row: row.domain not in {"restaurants", "delivery"})
        chosen += group[: per_class.get(file, default)]
    draw.shuffle(chosen)
    return chosen


def pretraining_texts(data: Path, seed: int) -> list[str]:
    """Return the unlabelled texts for masked-word training: none held out, short ones first, shuffled."""
    by_file: dict[str, dict[str, str]] = defaultdict(dict)
    for row in chain(read_phrases(), read_files(data, FILES)):
        key = row.key
        if key and part_of(key) is Part.TRAIN:
            by_file[row.file].setdefault(key, row.text)
    draw = random.Random(seed)
    texts: list[str] = []
    for file, found in sorted(by_file.items()):
        choice = list(found.values())
        draw.shuffle(choice)
        choice.sort(key=lambda text: len(text) > PRETRAINING_CHARACTERS)
        texts += choice[: PRETRAINING_ROWS.get(file, PRETRAINING_OTHER_ROWS)]
    texts += [row.text for row in read_phrases() if part_of(row.key) is Part.TRAIN]
    draw.shuffle(texts)
    return texts


def _order(key: str) -> str:
    return hashlib.sha256(key[::-1].encode()).hexdigest()
