"""How the characters of a text file are encoded, found by reading it once."""

import codecs
import re
from typing import BinaryIO, Final

CHUNK: Final = 1024 * 1024
SURROGATE_ESCAPED: Final = re.compile("[\udc80-\udcff]")
"""A byte that was no UTF-8, as Python's `surrogateescape` keeps it."""

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
# In a UTF-8 file with some broken rows most characters past ASCII are still right; in a Latin-1 file next to
# none is, because an accented letter is rarely followed by a byte that would make it so.
_RIGHT_PER_WRONG: Final = 2


def detect_encoding(stream: BinaryIO) -> str:
    """The encoding of all of `stream`, as a name for `open`; to be read with `errors="surrogateescape"`.

    A byte order mark decides; then NUL bytes of UTF-16; then UTF-8 unless most of what is not ASCII is not
    UTF-8 either; else Windows-1252, which spreadsheets write and which has Latin-1's letters.
    """
    head = stream.read(CHUNK)
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    if (wide := _utf16_without_mark(head)) is not None:
        return wide
    decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
    right = wrong = 0
    chunk = head
    while chunk:
        if not chunk.isascii() or decoder.getstate()[0]:
            text = decoder.decode(chunk)
            bad = len(SURROGATE_ESCAPED.findall(text))
            wrong += bad
            right += len(_NOT_ASCII.findall(text)) - bad
        chunk = stream.read(CHUNK)
    wrong += len(decoder.getstate()[0])
    return "utf-8" if right >= _RIGHT_PER_WRONG * wrong else "cp1252"


def _utf16_without_mark(head: bytes) -> str | None:
    sample = head[:4096]
    if len(sample) < 8:
        return None
    pairs = len(sample) // 2
    if sample[1::2].count(0) > 0.7 * pairs:
        return "utf-16-le"
    return "utf-16-be" if sample[::2].count(0) > 0.7 * pairs else None
