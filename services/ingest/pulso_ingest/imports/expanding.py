"""Gzip, expanded as it is read and only as far as the limits allow."""

import gzip
import io
import zlib
from typing import TYPE_CHECKING, BinaryIO, Final

from pulso_ingest.imports.rows import UnreadableFile

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

MEBIBYTE: Final = 1024 * 1024
MOST_RATIO: Final = 200
"""Texts compress 3 to 10 times, a column of equal texts up to 100; gzip itself can reach 1,030."""
RATIO_COUNTS_FROM: Final = 64 * MEBIBYTE


class Expanding(io.RawIOBase):
    """The expanded bytes of a gzip file; a bomb, a cut or a damaged file raise `UnreadableFile`."""

    def __init__(self, compressed: BinaryIO, limit: int) -> None:
        self._compressed = compressed
        self._gzip = gzip.GzipFile(fileobj=compressed)
        self._limit = limit
        self._expanded = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """Reads into `buffer`; 0 at the end."""
        view = memoryview(buffer)
        try:
            chunk = self._gzip.read(len(view))
        except (EOFError, gzip.BadGzipFile, zlib.error):
            raise UnreadableFile("The gzip file is damaged or cut off.") from None
        self._expanded += len(chunk)
        self._check()
        view[: len(chunk)] = chunk
        return len(chunk)

    def _check(self) -> None:
        if self._expanded > self._limit:
            raise UnreadableFile(f"The gzip file expands to more than {self._limit // MEBIBYTE} MiB.")
        if self._expanded > max(RATIO_COUNTS_FROM, MOST_RATIO * self._compressed.tell()):
            raise UnreadableFile(f"The gzip file expands more than {MOST_RATIO} times.")
