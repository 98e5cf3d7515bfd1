"""XLSX: the first visible sheet of a workbook, row by row."""

import warnings
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import openpyxl
from openpyxl.xml import DEFUSEDXML

from pulso_ingest.imports.expanding import MEBIBYTE, MOST_RATIO, RATIO_COUNTS_FROM
from pulso_ingest.imports.rows import NOT_XLSX, Row, Table, UnreadableFile

LARGEST_PART: Final = 64 * MEBIBYTE
"""Of the parts that openpyxl holds in memory: shared strings and styles. Sheets are streamed."""

if not DEFUSEDXML:
    raise ImportError("openpyxl must read XML through defusedxml")


def read_xlsx(stream: BinaryIO, size: int, limit: int) -> Table:
    """The table in a workbook.

    Args:
        stream: Seekable.
        size: Bytes of the upload, of which progress is told.
        limit: The most that all parts together may expand to, in bytes.

    Raises:
        UnreadableFile: It is no workbook, a bomb, or empty.
    """
    _check_parts(stream, limit)
    try:
        with warnings.catch_warnings(action="ignore"):
            workbook = openpyxl.load_workbook(stream, read_only=True, data_only=True)
        sheet = next(sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible")
        total = sheet.max_row or 0
        sheet.reset_dimensions()
        values = sheet.iter_rows(values_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers stumble upon
        raise UnreadableFile(NOT_XLSX) from error
    number = 0

    def numbered() -> Iterator[tuple[Any, ...]]:
        nonlocal number
        while True:
            try:
                row = next(values)
            except StopIteration:
                return
            except Exception as error:
                raise UnreadableFile(f"The workbook is damaged after row {number}.") from error
            number += 1
            yield row

    rows = numbered()
    for first in rows:
        if any(cell is not None for cell in first):
            header = _header(first)
            break
    else:
        raise UnreadableFile("The first sheet is empty: it has no header.")

    def data() -> Iterator[Row]:
        for cells in rows:
            if any(cell is not None for cell in cells):
                yield Row(number, header, cells[: len(header)])

    return Table(header, data(), lambda: size * min(number, total) // total if total else 0)


def _header(cells: tuple[Any, ...]) -> tuple[str, ...]:
    names = ["" if cell is None else str(cell) for cell in cells]
    while names and not names[-1].strip():
        names.pop()
    return tuple(names)


def _check_parts(stream: BinaryIO, limit: int) -> None:
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise UnreadableFile(NOT_XLSX) from None
    expanded, compressed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if expanded > limit or expanded > max(RATIO_COUNTS_FROM, MOST_RATIO * compressed):
        raise UnreadableFile("The workbook expands too far to be read. Save it as CSV (UTF-8).")
    held = [part for part in parts if not part.filename.startswith("xl/worksheets/")]
    if any(part.file_size > LARGEST_PART for part in held):
        raise UnreadableFile("The workbook holds too much text to be read in pieces. Save it as CSV (UTF-8).")
