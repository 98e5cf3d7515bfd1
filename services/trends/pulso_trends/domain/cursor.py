"""Where a page of items ended: opaque to clients, unmoved by items that arrive later."""

import base64
import binascii
import struct
from datetime import datetime, timedelta
from typing import NamedTuple

from pulso_trends.domain.lima import EPOCH
from pulso_trends.errors import InvalidQuery

_LAYOUT = struct.Struct(">qq")
_MICROSECOND = timedelta(microseconds=1)


class Cursor(NamedTuple):
    """The last item of a page: when it was said, and its number in the order of indexing."""

    created_at: datetime
    seq: int

    def encode(self) -> str:
        """22 characters that are safe in a URL."""
        packed = _LAYOUT.pack((self.created_at - EPOCH) // _MICROSECOND, self.seq)
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(value: str) -> Cursor:
    """The cursor that `encode` wrote.

    Raises:
        InvalidQuery: `encode` did not write this.
    """
    try:
        microseconds, seq = _LAYOUT.unpack(base64.b64decode(value + "==", altchars=b"-_", validate=True))
        cursor = Cursor(EPOCH + microseconds * _MICROSECOND, seq)
    except (binascii.Error, struct.error, OverflowError, ValueError):
        raise InvalidQuery("cursor", "is not one that this service gave") from None
    if cursor.encode() != value:
        raise InvalidQuery("cursor", "is not one that this service gave")
    return cursor
