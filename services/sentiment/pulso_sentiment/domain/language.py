"""Whether a text is in a language that the model does not read."""

import re
import unicodedata
from functools import cache

from py3langid.langid import MODEL_FILE, LanguageIdentifier

READ = frozenset({"es", "pt", "en", "qu"})
_TAKEN_FOR_READ = frozenset({"an", "ast", "ext", "gl", "gug", "pcm", "und"})
"""What colloquial Spanish, Portuguese and English is at times taken for."""

_SURE = 0.7
"""On 35,686 texts of our sources 3 were flagged, all rightly (Indonesian, Tagalog, Italian); of 22 sentences
in ten foreign languages 20 were, and of 300 lines of random letters ("no language": zxx) 172."""
_READ_CHARACTERS = 400
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile("[A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u1e00-\u1eff]")


def has_letters(text: str) -> bool:
    """Tell whether `text` is in any language at all: emoji and figures are in none."""
    return _LETTER.search(unicodedata.normalize("NFKC", text)) is not None


def is_other_language(text: str) -> bool:
    """Tell whether `text` is surely not Spanish, Portuguese, English or Quechua.

    So it is when more than half of its letters are not Latin ones, or when its beginning is surely in another
    language, or in none, by its letter sequences (Lui and Baldwin 2012, ACL). Letters in fancy typefaces
    stand for plain ones.
    """
    plain = unicodedata.normalize("NFKC", text)
    letters = len(_LETTER.findall(plain))
    if letters == 0:
        return False
    foreign = letters - len(_LATIN.findall(plain))
    if 2 * foreign > letters:
        return True
    language, confidence = _identifier().classify(plain[:_READ_CHARACTERS])
    return confidence >= _SURE and language not in READ | _TAKEN_FOR_READ


def get_ready() -> None:
    """Load what tells languages apart, some 75 MB in about a second, before a first text waits for it."""
    _identifier()


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
