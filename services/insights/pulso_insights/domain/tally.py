"""Counts of a group, and what can be said about two of them without mistaking chance for news."""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import Final

FEW: Final = 30
"""With fewer items a share moves by a dozen points by chance alone: nothing is said about it."""
FALSE_ALARMS: Final = 0.05
"""The share of briefs in which chance alone may pass for a movement, as far as items are independent."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many items or opinions of each sentiment."""

    negative: int = 0
    neutral: int = 0
    positive: int = 0

    @property
    def count(self) -> int:
        """All of them."""
        return self.negative + self.neutral + self.positive

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            self.negative + other.negative, self.neutral + other.neutral, self.positive + other.positive
        )

    def __sub__(self, other: "Tally") -> "Tally":
        return Tally(
            self.negative - other.negative, self.neutral - other.neutral, self.positive - other.positive
        )


@dataclass(frozen=True, slots=True)
class Group:
    """One region, channel, product or aspect: its counts in the period and in the period before."""

    key: str
    now: Tally
    before: Tally


class Evidence:
    """Tells a movement from chance, stricter the more comparisons one brief makes (Bonferroni)."""

    def __init__(self, comparisons: int) -> None:
        self._sigmas = NormalDist().inv_cdf(1 - FALSE_ALARMS / (2 * max(1, comparisons)))

    def volume(self, now: int, before: int) -> int:
        """1 when there is clearly more than before, -1 clearly less, else 0 (two Poisson counts)."""
        return 0 if now + before < FEW else self._sign((now - before) / sqrt(now + before))

    def share(self, part: int, of: int, other_part: int, other_of: int) -> int:
        """1 when the first share is clearly above the second, -1 clearly below, else 0 (two proportions)."""
        if min(of, other_of) < FEW:
            return 0
        pooled = (part + other_part) / (of + other_of)
        error = sqrt(pooled * (1 - pooled) * (1 / of + 1 / other_of))
        return self._sign((part / of - other_part / other_of) / error) if error else 0

    def _sign(self, sigmas: float) -> int:
        return (sigmas > self._sigmas) - (sigmas < -self._sigmas)
