"""What moved: the last weeks against the weeks before them, by plain arithmetic on counts."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

RECENT_DAYS: Final = 21
BASELINE_DAYS: Final = 63
MIN_ITEMS: Final = 15
"""Fewer items in both periods together show nothing."""
MIN_DEVIATIONS: Final = 3.0
"""Some hundred pairs of place and product are compared: smaller deviations come about by chance."""


@dataclass(frozen=True)
class Counts:
    """Items of one period, and the negative ones among them."""

    items: int
    negative: int


@dataclass(frozen=True)
class Cell:
    """One product in one department, in both periods."""

    region: str
    product: str
    before: Counts
    recent: Counts


@dataclass(frozen=True)
class Move:
    """One movement: per week and before for volume, shares of negative items for mood.

    `deviations` is the distance from "nothing changed" in standard deviations, negative for a fall.
    """

    cell: Cell
    before: float
    recent: float
    deviations: float


def volume_moves(cells: Iterable[Cell]) -> list[Move]:
    """Which products people speak of more or less than before, the surest first; figures are items a week.

    Given the sum of both periods, the recent count is binomial if nothing changed.
    """
    share = RECENT_DAYS / (RECENT_DAYS + BASELINE_DAYS)
    moves = []
    for cell in cells:
        total = cell.before.items + cell.recent.items
        if total < MIN_ITEMS:
            continue
        deviations = (cell.recent.items - total * share) / math.sqrt(total * share * (1 - share))
        before, recent = cell.before.items / BASELINE_DAYS * 7, cell.recent.items / RECENT_DAYS * 7
        moves.append(Move(cell, before, recent, deviations))
    return _surest(moves)


def mood_moves(cells: Iterable[Cell]) -> list[Move]:
    """Where complaints became more or less frequent, the surest first; figures are shares of items."""
    moves = []
    for cell in cells:
        total = cell.before.items + cell.recent.items
        negative = cell.before.negative + cell.recent.negative
        if total < MIN_ITEMS or not (cell.before.items and cell.recent.items) or negative in {0, total}:
            continue
        before = cell.before.negative / cell.before.items
        recent = cell.recent.negative / cell.recent.items
        pooled = negative / total
        spread = math.sqrt(pooled * (1 - pooled) * (1 / cell.before.items + 1 / cell.recent.items))
        moves.append(Move(cell, before, recent, (recent - before) / spread))
    return _surest(moves)


def _surest(moves: list[Move]) -> list[Move]:
    sure = [move for move in moves if abs(move.deviations) >= MIN_DEVIATIONS]
    return sorted(sure, key=lambda move: -abs(move.deviations))
