"""Sales as a company sends them, and what the talk about a product says about them."""

import datetime as dt
import re
import unicodedata
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from pulso_contracts.base import LIMA, Lenient, Strict
from pulso_contracts.feedback import EARLIEST, FieldError
from pulso_contracts.leading import TalkVerdict
from pulso_contracts.peru import resolve_department

MAX_SALES_ROWS: Final = 1_000
"""Rows of one JSON body."""
MAX_SALES_CSV_ROWS: Final = 50_000
MAX_REJECTED_TOLD: Final = 1_000
"""Rejected rows that an answer lists; it counts all."""
MAX_PRODUCT_CHARACTERS: Final = 200

_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SPACES: Final = re.compile(r"\s+")


def _written_day(value: object) -> dt.date:
    if not isinstance(value, str) or not _DAY.fullmatch(value.strip()):
        raise ValueError("must be a day such as 2026-11-01")
    try:
        return dt.date.fromisoformat(value.strip())
    except ValueError:
        raise ValueError("is no day of the calendar") from None


def _past_day(day: dt.date) -> dt.date:
    if day < EARLIEST.date():
        raise ValueError(f"must not be before {EARLIEST:%Y-%m-%d}")
    if day > dt.datetime.now(LIMA).date():
        raise ValueError("must not be in the future, in Peru's time")
    return day


def _one_spelling(product: str) -> str:
    """The product as items of feedback carry it after ingest: NFC, single spaces."""
    spaced = _SPACES.sub(" ", unicodedata.normalize("NFC", product))
    if not spaced.isprintable():
        raise ValueError("must not hold control or invisible characters")
    return spaced


def _department(value: str) -> str | None:
    if not value:
        return None
    department = resolve_department(value)
    if department is None:
        raise ValueError("names no department of Peru")
    return department.name


Amount = Annotated[float, Field(ge=0, le=1e15, strict=True, allow_inf_nan=False)]


class SaleIn(Strict):
    """What was sold of one product on one day in one department, as accepted by `POST /sales`."""

    date: Annotated[dt.date, BeforeValidator(_written_day), AfterValidator(_past_day)] = Field(
        description="A day of Peru.", examples=["2026-11-01"]
    )
    department: Annotated[str, StringConstraints(max_length=200), AfterValidator(_department)] | None = Field(
        default=None,
        description="Name, alias, capital or ubigeo code; absent: the row is of the whole country.",
        examples=["Arequipa"],
    )
    product: Annotated[
        str,
        StringConstraints(min_length=1, max_length=MAX_PRODUCT_CHARACTERS),
        AfterValidator(_one_spelling),
    ] = Field(description="Spelt as in the feedback.", examples=["ceviche clásico"])
    units: Amount = Field(description="Units sold; 0 on a day without sales.", examples=[120])
    revenue: Amount | None = Field(default=None, description="Soles.", examples=[3600.0])


class RejectedSale(Lenient):
    """A row that was not kept.

    `index` is its place among the rows sent, from 0; `row` its line in a CSV table, from 1 with the header.
    """

    index: int
    row: int | None = None
    errors: list[FieldError]


class SalesReceipt(Lenient):
    """The answer to `POST /sales`: what is accepted is stored.

    `replaced` of the accepted rows took the place of an earlier row of their day, department and product, of
    an earlier request or of the same one. `rejected_rows` lists the first 1,000.
    """

    accepted: int
    replaced: int
    rejected: int
    rejected_rows: list[RejectedSale] = []
    ignored_columns: list[str] = []


class SalesWeek(Lenient):
    """One whole week of Peru, from the Monday `start`.

    `units` is None where nothing was told of the week. `positive` is a share of `count`; it and the mean
    `score` are None where nobody spoke.
    """

    start: str
    units: float | None
    revenue: float | None
    count: int
    positive: float | None
    score: float | None


class ProductSales(TalkVerdict):
    """Whether talk of one product leads its sales; `series` are the weeks, for drawing."""

    series: list[SalesWeek] = []


class SalesAnswer(Lenient):
    """The answer to `GET /trends/sales`: products by units sold, whole weeks from `start` up to `end`.

    `not_tested` names what people also give and the weekly sums do not hold: stars are no part of the test.
    """

    region: str | None
    time_zone: str = "America/Lima"
    start: str
    end: str
    products: list[ProductSales]
    not_tested: list[str] = ["rating"]
