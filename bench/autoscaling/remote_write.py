"""Prometheus' remote-write 1.0: samples with times of one's own choice.

https://prometheus.io/docs/specs/prw/remote_write_spec/: a Snappy block of a Protocol Buffers message. Snappy
may hold its content as it is, in one literal, so no compressor is needed for what never leaves the machine.
"""

import struct
from collections.abc import Iterable, Mapping
from typing import Final

STALE: Final = struct.unpack("<d", struct.pack("<Q", 0x7FF0_0000_0000_0002))[0]
"""What a series ends with when its target is gone (`value.StaleNaN`)."""
HEADERS: Final = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}
_VARINT, _FIXED64, _BYTES = 0, 1, 2
_LITERAL_OF_FOUR_BYTE_LENGTH: Final = 63 << 2


def request(samples: Iterable[tuple[bytes, float]], at: float) -> bytes:
    """The body of a request: values of series (see `series`) at one time, in seconds."""
    when = _key(2, _VARINT) + _varint(round(at * 1000))
    message = b"".join(
        _field(1, labels + _field(2, _key(1, _FIXED64) + struct.pack("<d", value) + when))
        for labels, value in samples
    )
    header = bytes([_LITERAL_OF_FOUR_BYTE_LENGTH]) + struct.pack("<I", len(message) - 1)
    return _varint(len(message)) + header + message


def series(name: str, labels: Mapping[str, str]) -> bytes:
    """The labels of a series, encoded once."""
    pairs = sorted({"__name__": name, **labels}.items())
    return b"".join(_field(1, _field(1, key.encode()) + _field(2, value.encode())) for key, value in pairs)


def _field(number: int, content: bytes) -> bytes:
    return _key(number, _BYTES) + _varint(len(content)) + content


def _key(number: int, kind: int) -> bytes:
    return _varint(number << 3 | kind)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)
