"""What every file format becomes: names and rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

NOT_XLSX: Final = "This is not an XLSX workbook. Save it as .xlsx or as CSV (UTF-8)."


class UnreadableFile(Exception):
    """The file as a whole cannot be imported; the message tells its owner why and quotes no text of it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row or line.

    Attributes:
        number: 1-based, as a spreadsheet or an editor shows it; a header counts.
        names: What the cells are called; equal tuples for rows of one shape.
        cells: The values, in the order of `names`.
        error: Why the row cannot be read; it has no cells then.
    """

    number: int
    names: tuple[str, ...] = ()
    cells: Sequence[Any] = ()
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """An open file.

    Attributes:
        header: The names of all columns, or None where each row has its own (NDJSON).
        rows: The rows after the header; reading them may raise `UnreadableFile`.
        position: How many bytes of the upload have been read.
    """

    header: tuple[str, ...] | None
    rows: Iterator[Row]
    position: Callable[[], int]
