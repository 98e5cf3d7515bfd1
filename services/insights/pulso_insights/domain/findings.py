"""What trends told about a scope: the raw material of a brief."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pulso_contracts.insights import Audience

from pulso_insights.domain.period import Period
from pulso_insights.domain.tally import Group


class Dimension(StrEnum):
    """What a brief breaks the scope down by."""

    REGION = "region"
    CHANNEL = "channel"
    PRODUCT = "product"
    ASPECT = "aspect"


LOOKED_AT: Mapping[Audience, Sequence[Dimension]] = {
    Audience.EXECUTIVE: (Dimension.REGION, Dimension.PRODUCT, Dimension.ASPECT),
    Audience.PRODUCT: (Dimension.PRODUCT, Dimension.ASPECT, Dimension.REGION),
    Audience.SERVICE: (Dimension.ASPECT, Dimension.REGION, Dimension.CHANNEL),
    Audience.MARKETING: (Dimension.PRODUCT, Dimension.REGION, Dimension.CHANNEL),
}
"""What each audience is told about, most important first."""


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The groups of one dimension, largest first, and the query that tells them."""

    dimension: Dimension
    groups: Sequence[Group]
    query: str
    query_before: str


@dataclass(frozen=True, slots=True)
class Movement:
    """A concept of which people talk more or less than its own past lets expect, and where.

    `status` is one of `rising`, `falling`, `new` and `missing`; `count` voices were heard in the last `days`
    days, where `expected` would have been usual.
    """

    name: str
    place: str
    status: str
    days: int
    count: int
    expected: float
    query: str


@dataclass(frozen=True, slots=True)
class Movements:
    """What changes up to `last_day`, the surest first; at most `false_share` of it is chance."""

    last_day: date
    false_share: float
    changes: Sequence[Movement]
    query: str


@dataclass(frozen=True, slots=True)
class Example:
    """One item to read: its redacted text is shown to a language model, only its id is kept."""

    id: str
    query: str
    text: str
    sentiment: str


@dataclass(frozen=True, slots=True)
class Findings:
    """Everything that a brief may tell."""

    period: Period
    period_is_open: bool
    """Whether the last day is not over yet."""
    whole: Group
    query: str
    query_before: str
    breakdowns: Sequence[Breakdown]
    examples: Sequence[Example]
    movements: Movements | None = None
    """None where trends has not looked yet, or the scope is not one that it looks at."""
