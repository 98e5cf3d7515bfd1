"""Sales as a company sends them, and what the talk about a product says about them."""

import datetime as dt
import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Final

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from pulso_contracts.base import LIMA, Lenient, Strict
from pulso_contracts.feedback import EARLIEST, FieldError
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


class SalesLink(StrEnum):
    """What the held-out weeks say of talk and sales; `no_link` is a normal answer.

    A link has a q-value of at most 0.03 and takes away at least a twentieth of the held-out squared error.
    """

    TALK_LEADS = "talk_leads"
    TOGETHER = "together"
    NO_LINK = "no_link"
    NOT_ENOUGH_DATA = "not_enough_data"


class TalkMeasure(StrEnum):
    """What of the talk was tested: how many items there are, and their mean score."""

    COUNT = "count"
    SCORE = "score"


class SalesDirection(StrEnum):
    """Whether more talk, or a better score, goes with more or with less sales."""

    MORE = "more"
    LESS = "less"


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


class ProductSales(Lenient):
    """Whether talk of one product leads its sales.

    Attributes:
        product: Its name, as in sales and feedback.
        link: The finding.
        weeks: By how many weeks talk leads; 0 when both move together; None without a link.
        measure: What of the talk it is; None without a link.
        direction: Whether more of it goes with more or with less sales; None without a link.
        gain: Share of the squared error of forecasts of held-out weeks that knowing the talk takes away;
            below 0 when it makes them worse. None when nothing was tested.
        p_value: How often talk in shuffled order does as well.
        q_value: The p-value corrected for the number of products tested (Benjamini and Hochberg 1995).
        weeks_used: Weeks that were fitted or tested.
        weeks_held_out: Of these, the last ones, which chose nothing.
        series: The weeks, for drawing.
    """

    product: str
    link: SalesLink
    weeks: int | None = None
    measure: TalkMeasure | None = None
    direction: SalesDirection | None = None
    gain: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    weeks_used: int = 0
    weeks_held_out: int = 0
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
