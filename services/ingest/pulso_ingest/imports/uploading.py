"""An upload from the network to a file, in pieces: the body itself, or one file of a multipart form."""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from pulso_kit.errors import BadRequest, Malformed, TooLarge
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

PIECE: Final = 1024 * 1024
"""Bytes written at once: a hop to a thread per network packet would cost more than the writing."""
MOST_FORM_BYTES: Final = 64 * 1024
MOST_FORM_FIELDS: Final = 200


class Spool:
    """The file that an upload goes to.

    Args:
        path: Made anew.
        limit: The most bytes that it takes.
    """

    def __init__(self, path: Path, limit: int) -> None:
        self._file = path.open("xb")
        self._limit = limit
        self._pending = bytearray()
        self.size = 0

    def add(self, piece: bytes) -> None:
        """Takes a piece without writing it yet.

        Raises:
            TooLarge: The upload is past its limit.
        """
        self.size += len(piece)
        if self.size > self._limit:
            raise TooLarge(f"The file is larger than {self._limit} bytes.")
        self._pending += piece

    async def write(self, *, all_of_it: bool = False) -> None:
        """Writes what has gathered, once it is worth it."""
        if self._pending and (all_of_it or len(self._pending) >= PIECE):
            piece, self._pending = self._pending, bytearray()
            await asyncio.to_thread(self._file.write, piece)

    async def finish(self) -> None:
        """Writes the rest; the file is on disk when this returns."""
        await self.write(all_of_it=True)
        await asyncio.to_thread(self._sync)

    def _sync(self) -> None:
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        """Closes the file, finished or not."""
        self._file.close()


async def receive_body(body: AsyncIterator[bytes], spool: Spool) -> None:
    """Spools a body that is the file."""
    async for piece in body:
        spool.add(piece)
        await spool.write()
    await spool.finish()


class MultipartUpload:
    """Takes a form apart while it arrives: one file to the spool, small fields to memory.

    Attributes:
        filename: What the client calls the file.
        fields: Name and value of each other field, in order.
    """

    def __init__(self, content_type: str, spool: Spool) -> None:
        boundary = parse_options_header(content_type)[1].get(b"boundary")
        if not boundary:
            raise BadRequest("The multipart form has no boundary.")
        self.filename: str | None = None
        self.fields: list[tuple[str, str]] = []
        self._spool = spool
        self._files = 0
        self._form_bytes = 0
        self._ended = False
        self._header = (bytearray(), bytearray())
        self._disposition = b""
        self._field: tuple[str, bytearray] | None = None
        self._parser = MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._hold(self._header[0], data[start:end]),
                "on_header_value": lambda data, start, end: self._hold(self._header[1], data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._open,
                "on_part_data": self._data,
                "on_part_end": self._end,
                "on_end": self._finish,
            },
        )

    async def receive(self, body: AsyncIterator[bytes]) -> None:
        """Reads the whole form.

        Raises:
            BadRequest: It is no well-formed form, or holds no file or several.
            TooLarge: Its file or its fields are past their limits.
        """
        try:
            async for piece in body:
                self._parser.write(piece)
                await self._spool.write()
            self._parser.finalize()
        except MultipartParseError:
            raise BadRequest("The multipart form is malformed.") from None
        if not self._ended:
            raise BadRequest("The multipart form is cut off.")
        if self._files != 1:
            raise BadRequest("Send exactly one file in the multipart form.")
        await self._spool.finish()

    def _begin(self) -> None:
        self._disposition = b""

    def _end_header(self) -> None:
        name, value = self._header
        if bytes(name).lower() == b"content-disposition":
            self._disposition = bytes(value)
        self._header = (bytearray(), bytearray())

    def _open(self) -> None:
        options = parse_options_header(self._disposition)[1]
        if b"filename" in options:
            self._files += 1
            self.filename = options[b"filename"].decode("utf-8", "replace")
            self._field = None
        else:
            self._field = (options.get(b"name", b"").decode("utf-8", "replace"), bytearray())

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._field is None:
            if self._files == 1:
                self._spool.add(data[start:end])
            return
        self._hold(self._field[1], data[start:end])

    def _hold(self, where: bytearray, data: bytes) -> None:
        self._form_bytes += len(data)
        if self._form_bytes > MOST_FORM_BYTES:
            raise TooLarge("The fields of the form are too long.")
        where.extend(data)

    def _end(self) -> None:
        if self._field is None:
            return
        name, value = self._field
        if len(self.fields) >= MOST_FORM_FIELDS:
            raise TooLarge("The form has too many fields.")
        try:
            self.fields.append((name, value.decode("utf-8")))
        except UnicodeDecodeError:
            raise Malformed("A field of the form is not valid UTF-8.") from None

    def _finish(self) -> None:
        self._ended = True
