"""Who is heard about what: departments by population, products by their shares, and the planted changes."""

from functools import cache
from itertools import accumulate
from random import Random
from typing import Final

from pulso_contracts.feedback import Channel
from pulso_contracts.peru import DEPARTMENTS, Department

from pulso_cli.sample.catalogue import PRODUCTS, Product, shares_in
from pulso_cli.sample.opinion import Opinion, form_opinion
from pulso_cli.sample.phrasebook import Polarity, Pool, pool_for
from pulso_cli.sample.planted import PLANTED, Trend
from pulso_cli.sample.registers import REGISTERS

_TRIALS: Final = 5_000
_POPULATION: Final = tuple(accumulate(department.population for department in DEPARTMENTS))
_BY_NAME: Final = {product.name: product for product in PRODUCTS}
_SHARE_TRENDS: Final = {trend.department: trend for trend in PLANTED if trend.aspect is None}
_COMPLAINT_TRENDS: Final = {(t.department, _BY_NAME[t.product]): t for t in PLANTED if t.aspect is not None}


def choose_department(rng: Random) -> Department:
    """A department, as likely as its people are many."""
    return rng.choices(DEPARTMENTS, cum_weights=_POPULATION)[0]


class Planted:
    """Carries out the planted changes of one feed.

    What is planted is dealt, not drawn: a share of 0.3 means every third or fourth item, so that a change
    shows in the few dozen items that a small sample has of it, whatever the seed.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._due = {trend: rng.random() for trend in PLANTED}

    def product(self, department: Department, days_before_end: float) -> Product:
        """A product, as likely as its share there at that time."""
        trend = _SHARE_TRENDS.get(department.ubigeo)
        if trend is None:
            return _draw(self._rng, department, without=None)
        product = _BY_NAME[trend.product]
        if self._is_due(trend, shares_in(department)[product] * trend.factor_at(days_before_end)):
            return product
        return _draw(self._rng, department, without=product)

    def complaint(self, department: Department, product: Product, days_before_end: float) -> str | None:
        """The aspect that this person is made to complain about, if any."""
        trend = _COMPLAINT_TRENDS.get((department.ubigeo, product))
        if trend is None:
            return None
        usual = _usual_complaints(trend)
        extra = (trend.factor_at(days_before_end) - 1.0) * usual / (1.0 - usual)
        return trend.aspect if self._is_due(trend, extra) else None

    def _is_due(self, trend: Trend, share: float) -> bool:
        self._due[trend] += share
        if self._due[trend] < 1.0:
            return False
        self._due[trend] -= 1.0
        return True


def choose_opinion(
    rng: Random, product: Product, pool: Pool, channel: Channel, complaint: str | None
) -> Opinion:
    """What somebody thinks of a product, as good and as long as is usual in the channel."""
    register = REGISTERS[channel]
    aspects = register["clauses"][int(rng.random() * len(register["clauses"]))]
    return form_opinion(rng, pool, product.liked + register["positive_tilt"], aspects, complaint)


def choose_channel(rng: Random, product: Product, hour: int) -> Channel:
    """Where it is said, which depends on what it is about and on the hour (0 to 23, Lima)."""
    channels, cumulated = _channels(product.domain, hour)
    return rng.choices(channels, cum_weights=cumulated)[0]


def choose_language(rng: Random, department: Department) -> str:
    """A language code: es nearly always."""
    draw = rng.random()
    for language, parts in REGISTERS["languages"].items():
        draw -= parts.get(department.ubigeo, 0.0)
        if draw < 0.0:
            return str(language)
    return "es"


def _draw(rng: Random, department: Department, *, without: Product | None) -> Product:
    products, cumulated = _products(department, without)
    return rng.choices(products, cum_weights=cumulated)[0]


@cache
def _products(department: Department, without: Product | None) -> tuple[list[Product], list[float]]:
    shares = {product: share for product, share in shares_in(department).items() if product is not without}
    return list(shares), list(accumulate(shares.values()))


@cache
def _channels(domain: str, hour: int) -> tuple[list[Channel], list[float]]:
    parts = sorted(REGISTERS["hours"].values(), key=lambda part: part["from"], reverse=True)
    night = parts[0]  # goes on after midnight
    part = next((part for part in parts if hour >= part["from"]), night)
    mix = REGISTERS["mix"][domain]
    weights = (weight * part[channel] for channel, weight in mix.items())
    return [Channel(channel) for channel in mix], list(accumulate(weights))


@cache
def _usual_complaints(trend: Trend) -> float:
    """Part of the opinions on the product that complain of the aspect when nothing is planted, by trial."""
    rng = Random(0)
    product = _BY_NAME[trend.product]
    pool = pool_for(product, hot=True)
    complaint = (trend.aspect, Polarity.NEGATIVE)
    heard = 0
    for _ in range(_TRIALS):
        channel = choose_channel(rng, product, rng.randrange(24))
        heard += complaint in choose_opinion(rng, product, pool, channel, None).points
    return heard / _TRIALS
