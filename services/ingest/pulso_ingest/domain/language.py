"""The language of a text, as far as a short remark can tell it: es, en, pt, qu or other."""

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

SPANISH: Final = "es"
OTHER: Final = "other"

_KNOWN: Final = {
    "es": "es", "spa": "es", "en": "en", "eng": "en", "pt": "pt", "por": "pt",
    "qu": "qu", "que": "qu", "quz": "qu", "quy": "qu", "qvn": "qu", "qxn": "qu",
}  # fmt: skip
"""ISO 639 codes to ours; Quechua of Cusco, of Ayacucho and others are one language here."""

_NO_WORDS: Final = re.compile(r"https?://\S+|www\.\S+|\[(?:email|phone|dni|ruc|card|token)\]|[@#]\w+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")

_HINTS: Final = {
    language: frozenset(words.split())
    for language, words in tomllib.loads(
        files("pulso_ingest.domain").joinpath("language_hints.toml").read_text(encoding="utf-8")
    ).items()
}
_FIRST_LETTER_PAST_LATIN: Final = "\u0370"
_SHORT: Final = 24
"""Letters; below this words that only one language has tell more than letter sequences do."""
_SURE: Final = 0.7
"""From here on another language is believed; measured in docs/adr/0010-py3langid-tells-languages-apart.md."""
_READ_CHARACTERS: Final = 400
_LIKE_SPANISH: Final = frozenset({"an", "ast", "ext", "gl", "gug", "pcm", "und"})
"""What colloquial Spanish or English is at times taken for."""


def language_of(text: str) -> str:
    """The language of a redacted text.

    Short remarks in an unknown language count as Spanish, which most of Pulso's customers write and whose
    slang no detector knows; a text without letters is `other`.
    """
    words = _WORD.findall(_NO_WORDS.sub(" ", text).lower())
    if not any(word[0] < _FIRST_LETTER_PAST_LATIN for word in words):
        return OTHER
    hinted = _hinted(words)
    letters = sum(map(len, words))
    if letters < _SHORT and hinted is not None:
        return hinted
    detected, confidence = _identifier().classify(" ".join(words)[:_READ_CHARACTERS])
    if detected in _KNOWN and (confidence >= _SURE or hinted is None):
        return _KNOWN[detected]
    if confidence >= _SURE and detected not in _LIKE_SPANISH:
        return OTHER
    return hinted or SPANISH


def get_ready() -> None:
    """Load what tells languages apart, some 75 MB in about a second, before a first text waits for it."""
    _identifier()


def language_named(tag: str) -> str:
    """Pulso's name for a BCP 47 tag such as `es-PE`."""
    return _KNOWN.get(tag.partition("-")[0].lower(), OTHER)


def _hinted(words: list[str]) -> str | None:
    hits = {language: sum(word in hints for word in words) for language, hints in _HINTS.items()}
    best = max(hits, key=lambda language: hits[language])
    return best if hits[best] else None


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
