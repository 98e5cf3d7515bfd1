"""What one way of flagging gets right over the watched days of one stream."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.trends_quality.streams import DAYS, Stream

SOON: Final = 7
LATER: Final = 14
OFTEN: Final = 1.0
"""Mentions a day from which on a change should hardly ever be missed."""


@dataclass
class Tally:
    """Flags of true and of false changes, and the day on which each planted one was flagged first.

    A flag is one series on one day; true when the series has changed by then.
    """

    right: int = 0
    wrong: int = 0
    days: int = 0
    planted: int = 0
    planted_often: int = 0
    soon: int = 0
    soon_often: int = 0
    later: int = 0
    delays: list[int] = field(default_factory=list)

    @property
    def false_share(self) -> float:
        """The share of false flags; 0 without flags."""
        return self.wrong / max(self.right + self.wrong, 1)

    def add(self, other: "Tally") -> None:
        """Takes in another one."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def tally(stream: Stream, flags: Iterable[tuple[int, NDArray[np.bool_], int]]) -> Tally:
    """Counts `flags`: for each watched day the series shown as rising, and how many others are shown."""
    found, result = np.full(len(stream.base), DAYS * 2), Tally()
    for day, rising, others in flags:
        true = rising & (stream.starts <= day)
        result.right += int(true.sum())
        result.wrong += int(rising.sum() - true.sum()) + others
        result.days += 1
        found[true] = np.minimum(found[true], day)
    planted = stream.starts < DAYS
    delay, often = (found - stream.starts)[planted], stream.base[planted] >= OFTEN
    result.planted, result.planted_often = int(planted.sum()), int(often.sum())
    result.soon, result.soon_often = int((delay < SOON).sum()), int((delay[often] < SOON).sum())
    result.later = int((delay < LATER).sum())
    result.delays = [int(each) + 1 for each in delay if each < DAYS]
    return result
