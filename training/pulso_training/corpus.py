"""The labelled rows: what one holds, how files are read, and the project's own phrases."""

import csv
import gzip
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import IO

from pulso_training.errors import InputError
from pulso_training.split import normalised

LABELS = ("negative", "neutral", "positive")
EMOTIONS = ("others", "joy", "sadness", "anger", "surprise", "disgust", "fear")
"""EmoEvent's seven, the commonest first (Plaza-del-Arco et al. 2020, LREC)."""

PHRASES = "phrases_pe"


class CorpusError(InputError):
    """Data that cannot be trained on."""


@dataclass(frozen=True, slots=True)
class Row:
    """One text of one file with what is known of it; unknown fields are empty.

    `label` is one of `LABELS`, `emotion` one of `EMOTIONS`, `rating` counts stars from 1 to 5.
    """

    text: str
    label: str
    domain: str
    file: str
    emotion: str = ""
    rating: float | None = None
    country: str = ""

    @property
    def key(self) -> str:
        """The text without case, accents, punctuation: equal for what a reader would call the same text."""
        return normalised(self.text)


def read_phrases() -> list[Row]:
    """Return the project's own sentences in the Spanish of Peru, labelled by hand (docs/labelling.md)."""
    folder = resources.files("pulso_training").joinpath("phrases")
    rows: dict[str, Row] = {}
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".csv"):
            with file.open(encoding="utf-8") as lines:
                for row in _rows(lines, PHRASES):
                    rows.setdefault(row.key, row)
    return list(rows.values())


def read_file(path: Path) -> Iterator[Row]:
    """Yield the rows of a CSV, gzipped or not, with columns `text` and `label` or `emotion`.

    Columns `rating`, `domain` and `country` are used where present.

    Raises:
        CorpusError: when the file is empty, not UTF-8, lacks a column, or has an unknown label.
    """
    name = path.name.removesuffix(".gz").removesuffix(".csv")
    try:
        with _open(path) as lines:
            yield from _rows(lines, name)
    except UnicodeDecodeError as error:
        raise CorpusError(f"{path.name} is not UTF-8: byte {error.start} cannot be read") from error
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise CorpusError(f"{path.name} cannot be read: {error}") from error


def read_files(data: Path, names: Iterable[str]) -> Iterator[Row]:
    """Yield the rows of the named gzip CSV files of the folder `data`."""
    for name in names:
        yield from read_file(data / f"{name}.csv.gz")


def _open(path: Path) -> IO[str]:
    if path.name.endswith(".gz"):
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _rows(lines: IO[str], name: str) -> Iterator[Row]:
    reader = csv.DictReader(lines)
    columns = reader.fieldnames
    if not columns:
        raise CorpusError(f"{name} is empty")
    if "text" not in columns or not {"label", "emotion"} & set(columns):
        raise CorpusError(
            f"{name} needs the columns text and label (or emotion), it has {', '.join(columns)}"
        )
    empty = True
    for row in reader:
        empty = False
        yield _row(row, name, reader.line_num)
    if empty:
        raise CorpusError(f"{name} has a header and no rows")


def _row(row: dict[str, str], name: str, line: int) -> Row:
    label, emotion = row.get("label") or "", row.get("emotion") or ""
    for column, value, known in (("label", label, LABELS), ("emotion", emotion, EMOTIONS)):
        if value and value not in known:
            raise CorpusError(f"{name}, line {line}: {column} {value!r} is not one of {', '.join(known)}")
    if not label and not emotion:
        raise CorpusError(f"{name}, line {line}: neither a label nor an emotion")
    try:
        rating = float(row["rating"]) if row.get("rating") else None
    except ValueError:
        raise CorpusError(f"{name}, line {line}: rating {row['rating']!r} is not a number") from None
    if rating is not None and not 1 <= rating <= 5:
        raise CorpusError(f"{name}, line {line}: rating {rating:g} is not from 1 to 5")
    return Row(
        row.get("text") or "", label, row.get("domain") or "", name, emotion, rating, row.get("country") or ""
    )
