"""Text as the search sees it: without case, accents and punctuation."""

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]+")
_GAPS = re.compile(r"[\W_]+")


def fold(text: str) -> str:
    """Words in lower case without accents, one space between them; letters of every script are kept.

    No character of the result has a meaning in SQL's LIKE.
    """
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    return _GAPS.sub(" ", plain).strip()
