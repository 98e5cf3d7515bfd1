"""What a dashboard is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

WIDTH: Final = 24
"""Columns of Grafana's grid."""


class Kind(StrEnum):
    """How a panel shows its figures."""

    LINES = "lines"
    FIGURE = "figure"
    """One large figure per series."""
    BARS = "bars"
    """One bar per series, the longest first."""


@dataclass(frozen=True, slots=True)
class Panel:
    """One figure or chart.

    Attributes:
        title: What it shows.
        unit: As Grafana names units: `s`, `percentunit`, `short`, ….
        description: How to read it, and what is good.
        queries: What it asks: the name of the series, with `{{label}}` for a label's value, and the PromQL.
        kind: How it shows it.
        width: Of the 24 columns.
        runbooks: Alerts on the same figures, whose runbooks are linked.
    """

    title: str
    unit: str
    description: str
    queries: Mapping[str, str]
    kind: Kind = Kind.LINES
    width: int = 8
    runbooks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """Panels under a heading."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard; `uid` is part of its address and never changes."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    hours: int = 6
    """What it shows when it is opened."""
