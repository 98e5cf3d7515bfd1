"""How fingers change what the mind has worded: accents lost, abbreviations, stretched vowels, slips."""

import re
from random import Random
from typing import Final

_WITHOUT_ACCENTS: Final = str.maketrans("áéíóúÁÉÍÓÚ", "aeiouAEIOU")
_SHORTER: Final = (
    (re.compile(r"\b(?:porque|por qué)\b"), "xq"),
    (re.compile(r"\bque\b"), "q"),
    (re.compile(r"\btambién\b"), "tmb"),
    (re.compile(r"\bpara\b"), "pa"),
    (re.compile(r"\bpor\b"), "x"),
    (re.compile(r"\bmucho\b"), "muxo"),
    (re.compile(r"\bminutos\b"), "min"),
    (re.compile(r"\bporfa\b"), "pf"),
)
_STRETCHABLE: Final = re.compile(
    r"\b(?:(?:riqu[ií]sim|ric|buenaz|bravaz|delicios|fe|malaz|lent|car|helad|frí|fri)[oa]s?|demasiado|nunca|tarde|pésimo)\b"
)
_LETTERS: Final = re.compile(r"[a-zñáéíóú]{4,}")


def casual(rng: Random, text: str) -> str:
    """As typed on a phone, in a hurry."""
    if rng.random() < 0.45:
        text = text[:1].lower() + text[1:] if rng.random() < 0.5 else text.lower()
    if rng.random() < 0.22:
        for pattern, short in _SHORTER:
            text = pattern.sub(short, text)
    if rng.random() < 0.38:
        text = text.translate(_WITHOUT_ACCENTS)
    if rng.random() < 0.16:
        text = _STRETCHABLE.sub(lambda word: _stretch(rng, word[0]), text, count=1)
    return slip(rng, text) if rng.random() < 0.07 else text


def careful(rng: Random, text: str) -> str:
    """As typed on a keyboard, mostly right."""
    if rng.random() < 0.10:
        text = text.translate(_WITHOUT_ACCENTS)
    return slip(rng, text) if rng.random() < 0.04 else text


def slip(rng: Random, text: str) -> str:
    """One word of four letters or more with a letter lost, doubled, or swapped with its neighbour."""
    words = list(_LETTERS.finditer(text))
    if not words:
        return text
    word = words[int(rng.random() * len(words))]
    at = word.start() + 1 + int(rng.random() * (len(word[0]) - 2))
    kind = rng.random()
    if kind < 0.4:
        return text[:at] + text[at + 1 :]
    if kind < 0.7:
        return text[:at] + text[at] + text[at:]
    return text[:at] + text[at + 1] + text[at] + text[at + 2 :]


def _stretch(rng: Random, word: str) -> str:
    more = 2 + int(rng.random() * 4)
    return word[:-1] + word[-2] * more + "s" if word.endswith("s") else word + word[-1] * more
