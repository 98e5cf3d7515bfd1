"""The stretches of days that are compared with earlier stretches of the same length and weekdays."""

from dataclasses import dataclass
from typing import Final

WEEK: Final = 7


@dataclass(frozen=True, slots=True)
class Arm:
    """The last `days` days against `blocks` earlier stretches, each `step` days before the one after it.

    Attributes:
        days: Length of the stretch, and of each block that it is compared with.
        step: Days from one block to the next: whole weeks, so that all hold the same weekdays.
        blocks: How many earlier stretches there are.
        budget: The arm's part of the error that all arms share.
    """

    days: int
    step: int
    blocks: int
    budget: float

    @property
    def reach(self) -> int:
        """Days of history that the arm reads, the stretch itself included."""
        return self.days + self.step * self.blocks

    def slices(self, end: int) -> tuple[slice, list[slice]]:
        """Return the stretch that ends before day number `end`, and its blocks, the nearest first."""
        stops = [end - self.step * number for number in range(self.blocks + 1)]
        own, *earlier = [slice(stop - self.days, stop) for stop in stops]
        return own, earlier


ARMS: Final = (
    Arm(days=3, step=WEEK, blocks=15, budget=0.5),
    Arm(days=WEEK, step=WEEK, blocks=15, budget=0.4),
    Arm(days=14, step=14, blocks=7, budget=0.05),
    Arm(days=28, step=28, blocks=3, budget=0.05),
)
"""Sudden rises show in three days, weaker ones in a week or two, slow ones in four weeks."""

A_WEEK: Final = 1
"""Which of `ARMS` is the week."""

REACH: Final = max(arm.reach for arm in ARMS)
"""Days of history that a test of all arms reads."""
