"""NDJSON: one object per line, with the names of the API or their aliases."""

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from pulso_ingest.imports.rows import Row, Table
from pulso_ingest.validation import InvalidJson, strict_json

LONGEST_LINE: Final = 256 * 1024
"""Bytes; ten times what the largest valid item needs."""


def read_ndjson(stream: BinaryIO, position: Callable[[], int]) -> Table:
    """The rows of an NDJSON file; `position` tells how much of the upload is read."""
    return Table(None, _rows(stream), position)


def _rows(stream: BinaryIO) -> Iterator[Row]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(b"\n"):
            while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            yield Row(number, error=f"is longer than {LONGEST_LINE} bytes")
            continue
        if not line.strip():
            continue
        try:
            value = strict_json(line.strip())
        except InvalidJson as error:
            yield Row(number, error=f"is not valid JSON: {error}")
            continue
        if isinstance(value, dict):
            yield Row(number, tuple(value), tuple(value.values()))
        else:
            yield Row(number, error="is not a JSON object")
