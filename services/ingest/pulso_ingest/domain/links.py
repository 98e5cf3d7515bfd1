"""Links keep their host and path; their query, fragment, user and anything that looks like a token go."""

import re
from typing import Final

_LINK: Final = re.compile(
    r"(?<![\w.@-])(?:https?://|www\.)[^\s<>\"']+"
    r"|(?<![\w.@/-])(?:[\w-]{1,63}\.){1,4}[^\W\d_]{2,10}/[^\s<>\"'?#]{0,300}[?#][^\s<>\"']+",
    re.IGNORECASE,
)
_PARTS: Final = re.compile(
    r"((?:https?://)?)(?:[^/?#]*@)?([^/?#]*)([^?#]*)([?#]?.*)", re.IGNORECASE | re.DOTALL
)
_CLOSING: Final = ".,;:!?)]}»”…"
# A path part as long as an access token, with letters and digits mixed; slugs of words have no digits or few.
_TOKEN: Final = re.compile(r"(?=[^/]*[A-Za-z])(?=(?:[^/\d]*\d){4})[\w.~+=-]{24,}")
PLACEHOLDER: Final = "[token]"


def redact_links(text: str) -> tuple[str, int]:
    """The text with bare links, and how many links lost something."""
    count = 0

    def bare(match: re.Match[str]) -> str:
        nonlocal count
        written = match[0].rstrip(_CLOSING)
        parts = _PARTS.fullmatch(written)
        if parts is None:
            return match[0]
        path = "/".join(_TOKEN.sub(PLACEHOLDER, part) for part in parts[3].split("/"))
        kept = parts[1] + parts[2] + path
        count += kept != written
        return kept + match[0][len(written) :]

    return _LINK.sub(bare, text), count
