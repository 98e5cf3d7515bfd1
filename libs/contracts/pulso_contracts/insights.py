"""Briefs: what a company asks about a scope, and the answer with the proof of every figure in it."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self

from pydantic import ConfigDict, Field, StringConstraints, model_validator

from pulso_contracts.base import Lenient, Strict, UtcDatetime
from pulso_contracts.feedback import Channel, ShortText

MAX_SCOPE_DAYS = 366
MAX_BRIEF_SECONDS: Final = 145.0
"""Writing a brief takes no longer: insights refuses settings with which it could, others may count on it."""
Day = Annotated[date, Field(ge=date(2002, 1, 1), le=date(2100, 12, 31))]
"""The period before a scope must lie within what Pulso keeps, which begins with 2000."""


class Audience(StrEnum):
    """Whom a brief is for; it decides what the brief looks at."""

    PRODUCT = "product"
    SERVICE = "service"
    MARKETING = "marketing"
    EXECUTIVE = "executive"


class BriefLanguage(StrEnum):
    """What a brief is written in."""

    SPANISH = "es"
    ENGLISH = "en"


class Scope(Strict):
    """Which feedback a brief is about. Days are Peru's; by default the last 30 days until today."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True, populate_by_name=True)

    first_day: Day | None = Field(default=None, alias="from", examples=["2026-10-01"])
    last_day: Day | None = Field(
        default=None, alias="to", description="The last day, included.", examples=["2026-10-31"]
    )
    region: ShortText | None = Field(default=None, examples=["Arequipa"])
    channel: Channel | None = None
    product: ShortText | None = None
    product_category: ShortText | None = None

    @model_validator(mode="after")
    def _days_are_in_order(self) -> Self:
        if self.first_day is None or self.last_day is None:
            return self
        if self.first_day > self.last_day:
            raise ValueError("`from` must not be after `to`")
        if (self.last_day - self.first_day).days >= MAX_SCOPE_DAYS:
            raise ValueError(f"a brief covers at most {MAX_SCOPE_DAYS} days")
        return self


class InsightRequest(Strict):
    """A brief to write."""

    scope: Scope = Scope()
    audience: Audience = Audience.EXECUTIVE
    language: BriefLanguage = BriefLanguage.SPANISH
    question: Annotated[str, StringConstraints(min_length=1, max_length=500)] | None = Field(
        default=None,
        description="What the reader wants to know; only a language model can take it up.",
        examples=["¿Por qué bajó el ánimo en Arequipa?"],
    )


class Unit(StrEnum):
    """What the value of a fact counts."""

    ITEMS = "items"
    OPINIONS = "opinions"
    PERCENT = "percent"
    POINTS = "percentage_points"
    DAYS = "days"
    DATE = "date"
    ITEM_ID = "item_id"


class Fact(Lenient):
    """One figure with its proof: `query` tells it again, by way of `derived_from` where it is computed."""

    id: str = Field(examples=["F1"])
    label: str
    subject: str | None = Field(default=None, description="The group it is about, such as a department.")
    value: int | float | str
    unit: Unit
    query: str = Field(description="Path and query of the API call that tells it.")
    derived_from: list[str] = []


class Sentence(Lenient):
    """One sentence: `text` for readers, made by code from `template`, whose `{F1}` stand for facts."""

    text: str
    template: str
    facts: list[str]


class Section(Lenient):
    """Sentences under a heading."""

    heading: str
    sentences: list[Sentence]


class WriterUsed(Lenient):
    """Who worded a brief. `fallback` tells why the language model did not, where one is set up."""

    name: str = Field(examples=["grounded", "openai"])
    model: str | None = None
    fallback: str | None = Field(default=None, examples=["timeout", "rejected"])


class InsightSummary(Lenient):
    """A brief in a list."""

    id: str
    created_at: UtcDatetime
    audience: Audience
    language: BriefLanguage
    scope: Scope
    title: str
    writer: WriterUsed


class Insight(InsightSummary):
    """A brief. Every figure in its sentences is one of `facts`."""

    question: str | None
    sections: list[Section]
    facts: list[Fact]
    text: str = Field(description="The whole brief as plain text.")


class InsightPage(Lenient):
    """One page of briefs, newest first; `next_cursor` is None on the last one."""

    items: list[InsightSummary]
    next_cursor: str | None
