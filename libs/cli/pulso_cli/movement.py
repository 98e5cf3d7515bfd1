"""What moved: the last weeks against the weeks before them, by exact tests on counts.

Hundreds of pairs of place and product are compared at once, so the ones shown are chosen by the rule of
Benjamini and Hochberg (J. R. Stat. Soc. B 57, 1995): of what is shown, about one in twenty is chance.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

MIN_ITEMS: Final = 20
"""Fewer items in both periods together show nothing."""
FALSE_SHARE: Final = 0.05
"""The share of chance among what is shown. Posts in clusters would raise it: the tests assume none."""


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

    `p_value` is the chance of a difference at least as rare, either way, if nothing changed.
    """

    cell: Cell
    before: float
    recent: float
    p_value: float


def volume_moves(cells: Iterable[Cell]) -> list[Move]:
    """Which products people speak of more or less than before, the surest first; figures are items a week.

    Given the sum of both periods of `VOLUME_WINDOW`, the recent count is binomial if nothing changed.
    """
    share = VOLUME_WINDOW.recent / VOLUME_WINDOW.days
    return _surest(
        [
            Move(
                cell,
                cell.before.items / VOLUME_WINDOW.baseline * 7,
                cell.recent.items / VOLUME_WINDOW.recent * 7,
                _two_sided(_binomial(cell.items, share), cell.recent.items),
            )
            for cell in cells
            if cell.items >= MIN_ITEMS
        ]
    )


def mood_moves(cells: Iterable[Cell]) -> list[Move]:
    """Where complaints became more or less frequent, the surest first; figures are shares of items.

    Given all totals, the recent negative count is hypergeometric if nothing changed (Fisher's exact test).
    """
    return _surest(
        [
            Move(
                cell,
                cell.before.negative / cell.before.items,
                cell.recent.negative / cell.recent.items,
                _two_sided(_hypergeometric(cell), cell.recent.negative),
            )
            for cell in cells
            if cell.items >= MIN_ITEMS and cell.before.items and cell.recent.items
        ]
    )


def _binomial(trials: int, share: float) -> list[float]:
    """P(k) for k = 0..trials."""
    return [
        math.exp(_log_choose(trials, k) + k * math.log(share) + (trials - k) * math.log1p(-share))
        for k in range(trials + 1)
    ]


def _hypergeometric(cell: Cell) -> list[float]:
    """P(k recent negative items) for k = 0..recent items, given the totals."""
    negative = cell.before.negative + cell.recent.negative
    all_ways = _log_choose(cell.items, cell.recent.items)
    return [
        math.exp(
            _log_choose(negative, k) + _log_choose(cell.items - negative, cell.recent.items - k) - all_ways
        )
        for k in range(cell.recent.items + 1)
    ]


def _log_choose(n: int, k: int) -> float:
    if not 0 <= k <= n:
        return -math.inf
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _two_sided(chances: Sequence[float], seen: int) -> float:
    """Twice the smaller tail, the seen count included in both."""
    return min(1.0, 2 * min(math.fsum(chances[: seen + 1]), math.fsum(chances[seen:])))


def _surest(moves: list[Move]) -> list[Move]:
    ranked = sorted(moves, key=lambda move: move.p_value)
    kept = max(
        (rank for rank, move in enumerate(ranked, 1) if move.p_value <= FALSE_SHARE * rank / len(ranked)),
        default=0,
    )
    return ranked[:kept]
