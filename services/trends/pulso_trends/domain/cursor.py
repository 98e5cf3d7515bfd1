"""Where a page of a list ended: opaque to clients, and of no use to another list."""

import base64
import binascii
import struct
from datetime import datetime, timedelta
from typing import NamedTuple, Self

from pulso_trends.domain.lima import EPOCH
from pulso_trends.errors import InvalidQuery

_LAYOUT = struct.Struct(">qq")
_MICROSECOND = timedelta(microseconds=1)


class ItemCursor(NamedTuple):
    """The last item of a page: when it was said, and its number in the order of indexing."""

    created_at: datetime
    seq: int

    def encode(self) -> str:
        """23 characters that are safe in a URL."""
        return _written(b"i", _packed(*self))

    @classmethod
    def decode(cls, value: str) -> Self:
        """The cursor that `encode` wrote.

        Raises:
            InvalidQuery: `encode` did not write this.
        """
        return cls(*_unpacked(_read(b"i", value)))


class LookCursor(NamedTuple):
    """How many trends of one look were told: the next look sorts them anew, and there is no place in it."""

    looked_at: datetime
    told: int

    def encode(self) -> str:
        """23 characters that are safe in a URL."""
        return _written(b"l", _packed(*self))

    @classmethod
    def decode(cls, value: str) -> Self:
        """The cursor that `encode` wrote.

        Raises:
            InvalidQuery: `encode` did not write this.
        """
        cursor = cls(*_unpacked(_read(b"l", value)))
        if not 0 < cursor.told < 2**31:
            raise _foreign()
        return cursor


class ConceptCursor(NamedTuple):
    """The last concept of a page."""

    id: str

    def encode(self) -> str:
        """Characters that are safe in a URL."""
        return _written(b"c", self.id.encode())

    @classmethod
    def decode(cls, value: str) -> Self:
        """The cursor that `encode` wrote.

        Raises:
            InvalidQuery: `encode` did not write this.
        """
        try:
            return cls(_read(b"c", value).decode())
        except UnicodeDecodeError:
            raise _foreign() from None


def _foreign() -> InvalidQuery:
    return InvalidQuery("cursor", "is not one that this list gave")


def _written(of: bytes, place: bytes) -> str:
    return base64.urlsafe_b64encode(of + place).rstrip(b"=").decode()


def _read(of: bytes, value: str) -> bytes:
    try:
        read = base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise _foreign() from None
    if read[:1] != of or _written(of, read[1:]) != value:
        raise _foreign()
    return read[1:]


def _packed(moment: datetime, number: int) -> bytes:
    return _LAYOUT.pack((moment - EPOCH) // _MICROSECOND, number)


def _unpacked(place: bytes) -> tuple[datetime, int]:
    try:
        microseconds, number = _LAYOUT.unpack(place)
        return EPOCH + microseconds * _MICROSECOND, number
    except (struct.error, OverflowError):
        raise _foreign() from None
