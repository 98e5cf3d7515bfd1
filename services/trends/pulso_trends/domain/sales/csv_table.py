"""A table of sales as spreadsheets in Peru write it: which column is which, and what its cells mean."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

from pulso_trends.domain.folding import fold

_ALIASES: Final = {
    alias: field
    for field, aliases in {
        "date": "date fecha dia day",
        "department": "department departamento dpto depto region ubigeo",
        "product": "product producto plato articulo item sku",
        "units": "units unidades cantidad cant quantity",
        "revenue": "revenue ingresos ingreso venta ventas importe monto",
    }.items()
    for alias in aliases.split()
}
REQUIRED: Final = ("date", "product", "units")
_AMOUNTS: Final = frozenset({"units", "revenue"})
_DELIMITERS: Final = ",;\t|"
_DAY_FIRST: Final = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4})", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?\d{1,18}(?:\.\d{0,18})?", re.ASCII)
_LONGEST_NAME_SHOWN: Final = 64


class UnreadableTable(Exception):
    """The table as a whole cannot be read; `missing` names fields without a column. No cell is quoted."""

    def __init__(self, message: str, missing: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.missing = missing


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its 1-based number, a header counts, and its cells by field, or why it cannot be read."""

    number: int
    cells: dict[str, Any]
    error: str | None = None


@dataclass(frozen=True, slots=True)
class SalesTable:
    """A table whose columns are known; `ignored` are the names of the others."""

    ignored: list[str]
    rows: Iterator[TableRow]


def read_table(body: bytes) -> SalesTable:
    """Read a table in UTF-8, else in Windows-1252, separated by commas, semicolons, tabs or bars.

    Raises:
        UnreadableTable: There is no header, a field has two columns, or a required one has none.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = body.decode("cp1252", errors="replace")
    head = text[: text.find("\n") + 1] or text
    delimiter = max(_DELIMITERS, key=head.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    try:
        header = next(reader, [])
    except csv.Error:
        raise UnreadableTable("The header cannot be read.") from None
    columns: dict[str, int] = {}
    ignored: list[str] = []
    for number, name in enumerate(header):
        field = _ALIASES.get(fold(name))
        if field is None:
            ignored.append(name.strip()[:_LONGEST_NAME_SHOWN])
        elif field in columns:
            raise UnreadableTable(f"Two columns hold the field {field}.")
        else:
            columns[field] = number
    missing = tuple(field for field in REQUIRED if field not in columns)
    if missing:
        raise UnreadableTable(f"No column holds {', '.join(missing)}.", missing)
    return SalesTable([name for name in ignored if name], _rows(reader, columns))


def _rows(reader: Iterator[list[str]], columns: dict[str, int]) -> Iterator[TableRow]:
    number = 1
    while True:
        number += 1
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield TableRow(
                number, {}, "holds a cell longer than 131,072 characters: is a quotation mark left open?"
            )
            continue
        if any(cell.strip() for cell in row):
            found = {
                field: _cell(field, row[place].strip())
                for field, place in columns.items()
                if place < len(row) and row[place].strip()
            }
            yield TableRow(number, found)


def _cell(field: str, written: str) -> Any:
    """The cell's value; what is no number or day stays as written, and validation refuses it.

    A number has a point before its decimals and nothing between thousands: `1,234` means either.
    """
    if field in _AMOUNTS and _NUMBER.fullmatch(written):
        return float(written)
    if field == "date" and (match := _DAY_FIRST.fullmatch(written)) is not None:
        day, _, month, year = match.groups()
        return f"{year}-{int(month):02d}-{int(day):02d}"
    return written
