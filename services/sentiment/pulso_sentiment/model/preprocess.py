"""The one cleaning step between a customer's text and the tokeniser, shared by training and serving.

A model is only right for texts that were cleaned as its training texts were, so every model folder names the
version it was trained with and the loader refuses another.
"""

import html
import re
import unicodedata

PREPROCESS_VERSION = 2

MAX_CHARACTERS = 8_000
"""Longer texts are cut before any work on them: the model reads at most some 256 tokens, and a tokeniser fed
without bound is a way to stop a server (huggingface/text-embeddings-inference#235)."""

_TAG = re.compile(r"</?[a-z][a-z0-9]{0,9}(?:\s[^<>]{0,300})?\s?/?>", re.IGNORECASE)
"""An HTML tag with or without attributes; `<3`, `a < b > c` and `<sarcasmo que no acaba` are none."""
_LINK = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MENTION = re.compile(r"(?<!\w)@\w{2,}")
_INVISIBLE = re.compile(
    "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe0e\ufe0f\ufeff\U0001f3fb-\U0001f3ff]"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
"""Lone surrogates are no characters: a tokeniser refuses the whole text for one."""
_LAUGHTER = re.compile(r"\b(?:j+[aeiáéí]+){3,}j*\b|\b(?:h+[ae]+){3,}h*\b", re.IGNORECASE)
_DOTS = re.compile(r"\.{4,}")
_STRETCHED = re.compile(r"([^\d\s.])\1{2,}")

_SHOUTED_SHARE = 0.6
_SHOUTED_LETTERS = 6


def preprocess(text: str) -> str:
    """Return `text` as the model is meant to read it; empty when nothing readable is left.

    HTML tags go, links and mentions become the placeholders of the training corpora, stretched letters and
    laughter are shortened, emoji lose skin tones and joiners, and texts that shout are lower-cased.
    """
    text = unicodedata.normalize("NFC", html.unescape(text[:MAX_CHARACTERS]))
    text = _TAG.sub(" ", _CONTROL.sub(" ", _INVISIBLE.sub("", text)))
    text = _MENTION.sub("@user", _LINK.sub("http", text))
    text = _LAUGHTER.sub("jaja", text)
    text = _STRETCHED.sub(r"\1\1", _DOTS.sub("...", text))
    if _shouts(text):
        text = text.lower()
    return " ".join(text.split())


def _shouts(text: str) -> bool:
    capitals = sum(map(str.isupper, text))
    if capitals < _SHOUTED_SHARE * _SHOUTED_LETTERS:
        return False
    letters = sum(map(str.isalpha, text))
    return letters >= _SHOUTED_LETTERS and capitals >= _SHOUTED_SHARE * letters
