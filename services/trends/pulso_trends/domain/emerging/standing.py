"""Alarms over days: a new one is raised once, stands while it lasts, and ends after quiet days."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.emerging.discoveries import MEMORY_DAYS, chosen, risk_of_day
from pulso_trends.domain.emerging.verdicts import Verdicts

STILL_UNLIKELY: Final = 0.01
"""An alarm stands while its series is that unlikely."""
QUIET_DAYS: Final = 7
"""It ends after so many days on which it is not: the longest of the windows that find sudden changes."""

Flags = NDArray[np.bool_]


@dataclass(slots=True)
class Standing:
    """The alarms that stand, of rises and of falls.

    Attributes:
        rising: Series with a standing alarm of a rise [series].
        falling: The same of a fall.
        quiet: Days since each last was unlikely [2, series], rises first.
        raised: Alarms raised on each of the days before, the oldest first; at most `MEMORY_DAYS`.
    """

    rising: Flags
    falling: Flags
    quiet: NDArray[np.int64]
    raised: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, series: int) -> "Standing":
        """Return a standing without alarms."""
        return cls(np.zeros(series, bool), np.zeros(series, bool), np.zeros((2, series), np.int64))

    def next_day(self, found: Verdicts) -> tuple[Flags, Flags]:
        """Take in the verdicts of the next day.

        Series with a standing alarm are not tested anew: nothing is asked of them.

        Returns:
            The series whose rise, and whose fall, is a new alarm.
        """
        chances = np.concatenate([found.rising, found.falling])
        open_alarms = np.concatenate([self.rising, self.falling])
        quiet = np.where(chances <= STILL_UNLIKELY, 0, self.quiet.reshape(-1) + 1)
        new = np.zeros(len(chances), bool)
        new[~open_alarms] = chosen(chances[~open_alarms], risk_of_day(sum(self.raised)))
        still = (open_alarms & (quiet < QUIET_DAYS)) | new
        self.rising, self.falling = np.split(still, 2)
        self.quiet = np.where(new, 0, quiet).reshape(2, -1)
        self.raised = [*self.raised, int(new.sum())][-MEMORY_DAYS:]
        rises, falls = np.split(new, 2)
        return rises, falls
