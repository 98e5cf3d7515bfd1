"""CSV as spreadsheets in Peru write it: commas, semicolons, tabs or bars; quotes with line breaks inside."""

import csv
import re
from collections.abc import Callable, Iterator
from io import StringIO, TextIOWrapper
from itertools import chain, islice
from typing import BinaryIO, Final

from pulso_ingest.imports.encoding import SURROGATE_ESCAPED
from pulso_ingest.imports.rows import Row, Table, UnreadableFile

DELIMITERS: Final = ",;\t|"
LONGEST_LINE: Final = 1024 * 1024
"""Characters; a longer line is no CSV, and reading it whole would cost its length in memory."""
_NEVER: Final = "\x1f"
_SAMPLE_LINES: Final = 20
_SEPARATOR_LINE: Final = re.compile(r"sep=(.)\s*", re.IGNORECASE)


def read_csv(stream: BinaryIO, encoding: str, position: Callable[[], int]) -> Table:
    """The table in a CSV file; `position` tells how much of the upload is read.

    Raises:
        UnreadableFile: It has no header.
    """
    # cp1252 leaves five bytes without a character; UTF-16 cannot be escaped byte by byte.
    errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
    lines = _bounded_lines(TextIOWrapper(stream, encoding, errors, newline=""))
    sample = list(islice(lines, _SAMPLE_LINES))
    skipped = 0
    delimiter = None
    if sample and (match := _SEPARATOR_LINE.fullmatch(sample[0])) is not None:
        delimiter, skipped = match[1], 1
    while skipped < len(sample) and not sample[skipped].strip():
        skipped += 1
    if skipped == len(sample):
        raise UnreadableFile("The file is empty: it has no header.")
    delimiter = delimiter or _delimiter_of("".join(sample[skipped:]))
    reader = csv.reader(chain(sample[skipped:], lines), delimiter=delimiter)
    try:
        header = tuple(next(reader))
    except csv.Error:
        raise UnreadableFile("The header cannot be read.") from None
    return Table(header, _rows(reader, header, skipped + 1), position)


def _bounded_lines(text: TextIOWrapper) -> Iterator[str]:
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE:
            raise UnreadableFile(
                f"Line {number} is longer than {LONGEST_LINE} characters: this is no CSV file."
            )
        yield line


def _delimiter_of(sample: str) -> str:
    """The delimiter that divides the header into most columns, or one that never occurs for a single column.

    Texts in a file of one column hold commas and are not always quoted.
    """

    def columns(delimiter: str) -> int:
        try:
            return len(next(csv.reader(StringIO(sample, newline=""), delimiter=delimiter)))
        except (csv.Error, StopIteration):
            return 0

    best = max(DELIMITERS, key=columns)
    return best if columns(best) > 1 else _NEVER


def _rows(reader: Iterator[list[str]], header: tuple[str, ...], number: int) -> Iterator[Row]:
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Row(
                number, error="a field is longer than 131,072 characters: is a quotation mark left open?"
            )
            continue
        if not cells or not any(cells):
            continue
        if len(cells) > len(header) and any(cells[len(header) :]):
            yield Row(number, error=f"has {len(cells)} cells, but the header has {len(header)}")
        elif any(map(SURROGATE_ESCAPED.search, cells)):
            yield Row(number, error="is not valid UTF-8")
        else:
            yield Row(number, header, cells)
