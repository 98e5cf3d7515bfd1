"""Finds out what a file is, by its first bytes rather than by its name, and opens it."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import BufferedReader
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Final, cast

from pulso_ingest.imports.csv_rows import read_csv
from pulso_ingest.imports.encoding import detect_encoding
from pulso_ingest.imports.expanding import Expanding
from pulso_ingest.imports.ndjson_rows import read_ndjson
from pulso_ingest.imports.rows import NOT_XLSX, Table, UnreadableFile

_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_OLE: Final = b"\xd0\xcf\x11\xe0"
_BOM: Final = b"\xef\xbb\xbf"


@contextmanager
def open_table(path: Path, filename: str, limit: int) -> Iterator[Table]:
    """Opens an upload as a table.

    Args:
        path: Where it lies.
        filename: What its owner calls it: it tells what a broken file was meant to be.
        limit: The most that it may expand to, in bytes.

    Raises:
        UnreadableFile: It is empty, broken or of no known format.
    """
    size = path.stat().st_size
    if size == 0:
        raise UnreadableFile("The file is empty.")
    with ExitStack() as opened:
        raw = opened.enter_context(path.open("rb"))
        is_gzip = _head(raw).startswith(_GZIP)

        def plain() -> BinaryIO:
            """The file from its beginning, expanded."""
            raw.seek(0)
            return cast("BinaryIO", BufferedReader(Expanding(raw, limit), 256 * 1024)) if is_gzip else raw

        def position() -> int:
            # Whoever reads a text to its end closes the file below it.
            return size if raw.closed else raw.tell()

        head = _head(plain())
        meant = filename.lower().removesuffix(".gz")
        if head.startswith(_ZIP):
            # openpyxl costs 15 MB and a tenth of a second: only who gets workbooks pays.
            from pulso_ingest.imports.xlsx_rows import read_xlsx

            book = opened.enter_context(_on_disk(plain(), path.parent)) if is_gzip else plain()
            yield read_xlsx(book, size, limit)
        elif head.startswith(_OLE) or meant.endswith((".xlsx", ".xls")):
            raise UnreadableFile(NOT_XLSX)
        elif head.removeprefix(_BOM).lstrip().startswith(b"{") or meant.endswith((".ndjson", ".jsonl")):
            yield read_ndjson(plain(), position)
        elif head.removeprefix(_BOM).lstrip().startswith(b"[") and meant.endswith(".json"):
            raise UnreadableFile("This is a JSON array. Send NDJSON: one object per line.")
        else:
            encoding = detect_encoding(plain())
            yield read_csv(plain(), encoding, position)


def _head(stream: BinaryIO) -> bytes:
    return stream.read(4096)


@contextmanager
def _on_disk(stream: BinaryIO, folder: Path) -> Iterator[BinaryIO]:
    """A seekable copy, beside the upload and gone when closed."""
    with TemporaryFile(dir=folder) as copy:
        shutil.copyfileobj(stream, copy, 1024 * 1024)
        copy.seek(0)
        yield cast("BinaryIO", copy)
