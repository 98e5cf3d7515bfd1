from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from pulso_contracts.peru import BY_UBIGEO, Department

from pulso_cli.sample.data_files import read_toml
from pulso_cli.sample.grammar import Noun

CATEGORIES: Final = {
    "delivery": "delivery",
    "restaurants": "restaurantes",
    "drinks": "bebidas",
    "snacks": "snacks y postres",
    "shops": "tiendas",
}
"""Domain of a product: its category, as records name it."""

DOMAIN_SHARES: Final = {"delivery": 0.29, "restaurants": 0.27, "drinks": 0.20, "snacks": 0.13, "shops": 0.11}
"""How much of all that is said is about each domain."""


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """A product or a house of the catalogue; catalogue.toml explains the fields."""

    name: str
    domain: str
    called: str
    full: Noun | None
    nouns: tuple[Noun, ...]
    menus: tuple[str, ...]
    sold: frozenset[str]
    home: dict[str, float]
    weight: float
    liked: float
    price: tuple[float, float]
    skip: frozenset[str]
    tags: frozenset[str]

    @classmethod
    def parse(cls, entry: dict[str, Any]) -> "Product":
        """Read one table of catalogue.toml."""
        low, high = entry["price"]
        return cls(
            name=entry["name"],
            domain=entry["domain"],
            called=entry["called"],
            full=Noun.parse(entry["full"]) if "full" in entry else None,
            nouns=tuple(map(Noun.parse, entry.get("nouns", ()))),
            menus=tuple(entry.get("menus", ())),
            sold=frozenset(entry.get("sold", BY_UBIGEO)),
            home=entry.get("home", {}),
            weight=entry["weight"],
            liked=entry["liked"],
            price=(low, high),
            skip=frozenset(entry.get("skip", ())),
            tags=frozenset(entry.get("tags", ())),
        )


PRODUCTS: Final = tuple(Product.parse(entry) for entry in read_toml("catalogue")["products"])


@cache
def shares_in(department: Department) -> dict[Product, float]:
    """Products sold in a department, each with its share of what is said there; the shares add up to 1."""
    here = [product for product in PRODUCTS if department.ubigeo in product.sold]
    pull = {product: product.weight * product.home.get(department.ubigeo, 1.0) for product in here}
    totals: dict[str, float] = {}
    for product, weight in pull.items():
        totals[product.domain] = totals.get(product.domain, 0.0) + weight
    return {
        product: DOMAIN_SHARES[product.domain] * weight / totals[product.domain]
        for product, weight in pull.items()
    }


@cache
def things(product: Product, department: Department) -> tuple[Noun, ...]:
    """What can be had of a product there: its own nouns, or the dishes and goods of its menus."""
    if not product.menus:
        return product.nouns
    menus = read_toml("menus")
    dishes: list[str] = []
    for menu in product.menus:
        dishes += menus["regional"][department.ubigeo] if menu == "regional" else menus[menu]
    nouns = tuple(map(Noun.parse, dishes))
    # Nobody orders a cold dish to arrive hot: what travels is chosen from what is served hot.
    return tuple(noun for noun in nouns if not noun.cold) if product.domain == "delivery" else nouns
