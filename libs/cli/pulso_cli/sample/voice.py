import re
from collections.abc import Sequence
from random import Random
from typing import Final, TypeVar

from pulso_contracts.peru import Department

from pulso_cli.sample.catalogue import Product, things
from pulso_cli.sample.data_files import read_toml
from pulso_cli.sample.grammar import Noun
from pulso_cli.sample.opinion import Opinion
from pulso_cli.sample.phrasebook import FILLERS, Phrases, Polarity, Pool, pool_for

_JOINS: Final[dict[str, list[str]]] = read_toml("registers")["joins"]
_PLACES: Final[dict[str, list[str]]] = read_toml("places")

_BEGINS_WITH_I: Final = re.compile(r"h?i(?![ae])")

T = TypeVar("T")


class Voice:
    """One person who speaks of one product: fills phrases and links them into sentences."""

    def __init__(self, rng: Random, product: Product, department: Department) -> None:
        self.rng = rng
        self.product = product
        self.department = department
        self.place = self.pick(_PLACES[department.ubigeo])
        self._things = things(product, department)
        self._noun = self.pick(self._things)
        self._named = False
        self.pool: Pool = pool_for(product, hot=not self._noun.cold)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[int(self.rng.random() * len(choices))]

    def chance(self, probability: float) -> bool:
        """Whether it happens this time."""
        return self.rng.random() < probability

    def say(self, phrases: Phrases) -> str:
        """One of the phrases with its slots filled, in lower case and without a full stop."""
        phrase = self.pick(phrases)
        forms = phrase.full
        if phrase.names_product:
            self._noun = self._full_name
        elif phrase.names_thing and self._named:
            forms = phrase.without_subject
        elif phrase.names_thing and not self.product.menus:
            self._noun = self.pick(self._things)
        parts = forms[self._noun.agreement]
        self._named = phrase.names_thing or phrase.names_product
        if len(parts) == 1:
            return parts[0]
        said = list(parts)
        for at in range(1, len(said), 2):
            said[at] = self._fill(said[at])
        return contract("".join(said))

    @property
    def _full_name(self) -> Noun:
        if self.product.full is None:
            raise ValueError(f"{self.product.name} has no full name for {{la_marca}}")
        return self.product.full

    def _fill(self, slot: str) -> str:
        match slot:
            case "cosa":
                word = self._noun.text
            case "marca":
                word = self.product.called
            case "la_marca":
                word = self._full_name.with_article
            case "lugar":
                word = self.place
            case "precio":
                word = self.price()
            case "pedido":
                word = f"#{self.rng.randrange(10_000, 99_999)}"
            case _:
                word = self.pick(FILLERS[slot][self._noun.agreement])
        return word

    def price(self) -> str:
        """An amount in soles within the product's range, written in one of the usual ways."""
        low, high = self.product.price
        half_soles = self.rng.randint(round(low * 2), round(high * 2))
        soles, cents = divmod(half_soles, 2)
        if cents or self.chance(0.5):
            return f"S/ {soles}.{cents * 5}0"
        return "1 sol" if soles == 1 else f"{soles} soles"

    def argue(self, opinion: Opinion, *, context: bool = False, closing: bool = False) -> str:
        """The opinion as linked sentences, first capital and last full stop left out."""
        text = self.say(self.pool.context) if context else ""
        before: Polarity | None = None
        spent: set[str] = set()
        for index, (aspect, polarity) in enumerate(opinion.points):
            clause = self.say(self.pool.clauses[aspect][polarity])
            if text:
                join = self.pick(self._joins(before, polarity, index))
                text = link(text, ". " if join in spent else join, clause)
                spent.add(join)
            else:
                text = clause
            before = polarity
        if closing:
            text = link(text, ". ", self.say(self.pool.closing[opinion.polarity]))
        return text

    def _joins(self, before: Polarity | None, after: Polarity, index: int) -> list[str]:
        if before is None:
            return _JOINS["after_context"]
        if before is not after and after is Polarity.NEGATIVE:
            return _JOINS["to_negative"]
        if before is not after and after is Polarity.POSITIVE:
            return _JOINS["to_positive"]
        return _JOINS["first"] if index == 1 else _JOINS["later"]


def contract(text: str) -> str:
    """With al and del for "a el" and "de el"; a name that begins with El keeps it."""
    return text.replace(" a el ", " al ").replace(" de el ", " del ") if " el " in text else text


def link(text: str, join: str, clause: str) -> str:
    """Two pieces with what goes between them: a capital after a full stop, and e for y before the sound i."""
    if join == ". ":
        clause = capitalise(clause)
    elif join == " y " and _BEGINS_WITH_I.match(clause):
        join = " e "
    return text + join + clause


def capitalise(text: str) -> str:
    """The first letter as a capital, the rest as it is."""
    return text[:1].upper() + text[1:]
