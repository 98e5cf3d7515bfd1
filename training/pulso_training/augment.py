"""Disturbing a text as people do who type on a telephone, without touching what it means."""

import random
import re
import unicodedata
from collections.abc import Callable

_ABBREVIATIONS = {
    "que": "q", "por": "x", "porque": "xq", "también": "tmb", "para": "pa", "de": "d", "bien": "bn",
    "favor": "fa", "está": "ta", "nada": "na", "mensaje": "msj", "estoy": "toy", "gracias": "grax",
}  # fmt: skip
_WORD = re.compile(r"\w+")
_ENDING = re.compile(r"[.!?]+\s*$")
_LONG_WORD = 4


def augment(text: str, draw: random.Random) -> str:
    """Return the text with one or two disturbances: accents, case, punctuation, abbreviations, a slip."""
    for disturb in draw.sample(_DISTURBANCES, draw.choice((1, 1, 2))):
        text = disturb(text, draw)
    return text


def _without_accents(text: str, _draw: random.Random) -> str:
    kept = (character for character in unicodedata.normalize("NFD", text) if character not in "\u0301\u0300")
    return unicodedata.normalize("NFC", "".join(kept))


def _lower(text: str, _draw: random.Random) -> str:
    return text.lower()


def _without_ending(text: str, _draw: random.Random) -> str:
    return _ENDING.sub("", text)


def _abbreviated(text: str, draw: random.Random) -> str:
    def short(word: re.Match[str]) -> str:
        known = _ABBREVIATIONS.get(word[0].lower())
        return known if known and draw.random() < 0.5 else word[0]

    return _WORD.sub(short, text)


def _slip(text: str, draw: random.Random) -> str:
    """One letter of a longer word is lost, doubled, or changes places with the next."""
    words = [word for word in _WORD.finditer(text) if len(word[0]) > _LONG_WORD]
    if not words:
        return text
    word = draw.choice(words)
    at = draw.randrange(word.start() + 1, word.end() - 1)
    kind = draw.randrange(3)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


_Disturbance = Callable[[str, random.Random], str]
_DISTURBANCES: tuple[_Disturbance, ...] = (_without_accents, _lower, _without_ending, _abbreviated, _slip)
