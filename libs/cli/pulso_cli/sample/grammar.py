"""Phrases with slots that agree in gender and number with the noun they speak of.

Notation, in the files of `phrases/` and in `slots.toml`:

- ``{el} {un} {lo}`` articles and pronoun of the noun; ``{o} {s} {es} {n}`` endings:
  *ric{o}* is rico, rica, ricos or ricas; *dulce{s}*, *brutal{es}*, *sale{n}* only follow the number;
- ``{está|están}`` a word for one and for several;
- ``{cosa}`` the noun itself, ``{marca}`` the brand without article, ``{la_marca}`` the product with one;
- ``[{el} {cosa} ]`` a part that may be left out once the thing has been named;
- ``#tag`` before a phrase: only for products that have this tag;
- any other ``{name}``: a list of slots.toml, or a value of the moment such as ``{lugar}`` and ``{precio}``.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

AGREEMENTS: Final = ("m", "f", "mp", "fp")

_ENDINGS: Final[Mapping[str, tuple[str, str, str, str]]] = {
    "el": ("el", "la", "los", "las"),
    "un": ("un", "una", "unos", "unas"),
    "lo": ("lo", "la", "los", "las"),
    "o": ("o", "a", "os", "as"),
    "s": ("", "", "s", "s"),
    "es": ("", "", "es", "es"),
    "n": ("", "", "n", "n"),
}
_TAGGED = re.compile(r"#(\w+) (.+)", re.DOTALL)
_SLOT = re.compile(r"\{([^{}]+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun with what its companions need to know."""

    text: str
    agreement: int
    """Index into `AGREEMENTS`."""
    cold: bool = False
    """Served cold, or not served at all."""

    @classmethod
    def parse(cls, source: str) -> "Noun":
        """Read ``"fp! papas a la huancaína"``: gender and number, ``!`` for cold, and the noun."""
        code, _, text = source.partition(" ")
        return cls(text, AGREEMENTS.index(code.rstrip("!")), code.endswith("!"))

    @property
    def with_article(self) -> str:
        """The noun after its definite article."""
        return f"{_ENDINGS['el'][self.agreement]} {self.text}"


Parts = tuple[str, ...]
"""Literals at even places, names of slots at odd places."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase: one tuple of parts per agreement."""

    tag: str | None
    full: tuple[Parts, Parts, Parts, Parts]
    without_subject: tuple[Parts, Parts, Parts, Parts]
    names_thing: bool
    """Speaks of the noun, so that what follows may leave it out."""
    names_product: bool
    """Calls the product by its name, which then is the noun it agrees with."""

    @classmethod
    def parse(cls, source: str) -> "Phrase":
        """Compile one phrase of the data files."""
        tag = None
        if match := _TAGGED.fullmatch(source):
            tag, source = match.groups()
        return cls(
            tag,
            _compile(_OPTIONAL.sub(r"\1", source)),
            _compile(_OPTIONAL.sub("", source)),
            names_thing="{cosa}" in source,
            names_product="{la_marca}" in source,
        )


def _compile(source: str) -> tuple[Parts, Parts, Parts, Parts]:
    one, two, three, four = (_parts(source, agreement) for agreement in range(4))
    return one, two, three, four


def _parts(source: str, agreement: int) -> Parts:
    agreed = _SLOT.sub(lambda slot: _agree(slot[1], agreement), source)
    return tuple(_SLOT.split(agreed))


def _agree(name: str, agreement: int) -> str:
    if name in _ENDINGS:
        return _ENDINGS[name][agreement]
    if "|" in name:
        one, several = name.split("|")
        return several if agreement > 1 else one
    return f"{{{name}}}"
