"""What moved: the last weeks against the weeks before them, by plain arithmetic on counts."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MIN_ITEMS: Final = 20
"""Fewer items in both periods together show nothing."""
MIN_DEVIATIONS: Final = 3.0
"""Some hundred pairs of place and product are compared: less comes about by chance."""


@dataclass(frozen=True)
class Window:
    """Which days are compared: the `recent` last ones with the `baseline` ones before them."""

    recent: int
    baseline: int

    @property
    def days(self) -> int:
        """All days of both periods."""
        return self.recent + self.baseline


VOLUME_WINDOW: Final = Window(recent=21, baseline=63)
MOOD_WINDOW: Final = Window(recent=14, baseline=70)


@dataclass(frozen=True)
class Counts:
    """Items of one period, and the negative ones among them."""

    items: int
    negative: int


@dataclass(frozen=True)
class Cell:
    """One product in one department, in both periods of a window."""

    region: str
    product: str
    before: Counts
    recent: Counts

    @property
    def items(self) -> int:
        """Items of both periods."""
        return self.before.items + self.recent.items


@dataclass(frozen=True)
class Move:
    """One movement, in the figures of `volume_moves` or `mood_moves`.

    `deviations` is the distance from "nothing changed" in standard deviations, negative for a fall.
    """

    cell: Cell
    before: float
    recent: float
    deviations: float


def volume_moves(cells: Iterable[Cell]) -> list[Move]:
    """Which products people speak of more or less than before, the surest first; figures are items a week.

    Given the sum of both periods of `VOLUME_WINDOW`, the recent count is binomial if nothing changed.
    """
    share = VOLUME_WINDOW.recent / VOLUME_WINDOW.days
    moves = []
    for cell in cells:
        if cell.items < MIN_ITEMS:
            continue
        deviations = (cell.recent.items - cell.items * share) / math.sqrt(cell.items * share * (1 - share))
        before = cell.before.items / VOLUME_WINDOW.baseline * 7
        moves.append(Move(cell, before, cell.recent.items / VOLUME_WINDOW.recent * 7, deviations))
    return _surest(moves)


def mood_moves(cells: Iterable[Cell]) -> list[Move]:
    """Where complaints became more or less frequent, the surest first; figures are shares of items."""
    moves = []
    for cell in cells:
        negative = cell.before.negative + cell.recent.negative
        if cell.items < MIN_ITEMS or not (cell.before.items and cell.recent.items):
            continue
        if negative in {0, cell.items}:
            continue
        before = cell.before.negative / cell.before.items
        recent = cell.recent.negative / cell.recent.items
        pooled = negative / cell.items
        spread = math.sqrt(pooled * (1 - pooled) * (1 / cell.before.items + 1 / cell.recent.items))
        moves.append(Move(cell, before, recent, (recent - before) / spread))
    return _surest(moves)


def _surest(moves: list[Move]) -> list[Move]:
    sure = [move for move in moves if abs(move.deviations) >= MIN_DEVIATIONS]
    return sorted(sure, key=lambda move: -abs(move.deviations))
