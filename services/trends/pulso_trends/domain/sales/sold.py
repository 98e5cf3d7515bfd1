"""Sales as they are kept, and as they are read by week."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from pulso_contracts.sales import SaleIn

from pulso_trends.domain.lima import EPOCH


class SaleKey(NamedTuple):
    """What one row tells of; `region` is '' for the whole country. A later row of a key replaces it."""

    product: str
    region: str
    day: int


@dataclass(frozen=True, slots=True)
class Sale:
    """What was sold: units, and soles where they are known."""

    key: SaleKey
    units: float
    revenue: float | None


class WeekSold(NamedTuple):
    """The sales of a product in the week that begins on day `start`; `days` of it have a row."""

    product: str
    start: int
    days: int
    units: float
    revenue: float | None


def sale(row: SaleIn) -> Sale:
    """The sale that a valid row tells of."""
    return Sale(SaleKey(row.product, row.department or "", day_number(row.date)), row.units, row.revenue)


def day_number(day: date) -> int:
    """The number of a day of Peru, as roll-ups count them."""
    return (day - EPOCH.date()).days
