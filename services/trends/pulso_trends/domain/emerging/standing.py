"""Alarms over days: a new one is raised once, stands while it lasts, and ends after quiet days."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, NamedTuple

import numpy as np

from pulso_trends.domain.emerging.discoveries import MEMORY_DAYS, chosen, risk_of_day, weighted
from pulso_trends.domain.emerging.verdicts import Verdicts

STILL_UNLIKELY: Final = 0.01
"""An alarm stands while its series is that unlikely."""
QUIET_DAYS: Final = 7
"""It ends after so many days on which it is not: the longest of the windows that find sudden changes."""


class Direction(StrEnum):
    """Which way shares went."""

    UP = "up"
    DOWN = "down"


class Alarm(NamedTuple):
    """What an alarm is about: a concept in a place."""

    series: tuple[str, str]
    direction: Direction


@dataclass(slots=True)
class Standing:
    """The alarms that stand.

    Attributes:
        quiet: For each of them, the days since it was last unlikely.
        raised: How many were raised on each of the last `MEMORY_DAYS` days, the oldest first.
    """

    quiet: dict[Alarm, int] = field(default_factory=dict)
    raised: list[int] = field(default_factory=list)

    def next_day(self, series: Sequence[tuple[str, str]], found: Verdicts) -> tuple[set[Alarm], set[Alarm]]:
        """Take in the verdicts of the next day on `series`.

        Those with a standing alarm are not tested anew: nothing is asked of them. One that is not among
        `series` any more counts as quiet.

        Returns:
            The new alarms, and those that end.
        """
        tests = [Alarm(each, direction) for direction in Direction for each in series]
        chances = found.chances
        asked = np.array([alarm not in self.quiet for alarm in tests], bool)
        picked = np.zeros(len(tests), bool)
        picked[asked] = chosen(weighted(chances[asked], found.worth[asked]), risk_of_day(sum(self.raised)))
        unlikely = {tests[n] for n in np.flatnonzero(chances <= STILL_UNLIKELY)}
        self.quiet = {alarm: 0 if alarm in unlikely else days + 1 for alarm, days in self.quiet.items()}
        ended = {alarm for alarm, days in self.quiet.items() if days >= QUIET_DAYS}
        new = {tests[n] for n in np.flatnonzero(picked)}
        self.quiet = {alarm: days for alarm, days in self.quiet.items() if alarm not in ended}
        self.quiet |= dict.fromkeys(new, 0)
        self.raised = [*self.raised, len(new)][-MEMORY_DAYS:]
        return new, ended
