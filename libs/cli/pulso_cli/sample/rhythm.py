"""When people talk: by the hour of the day and the day of the week, in Lima's time."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final

from pulso_contracts.base import LIMA

# Relative volume of the hours 0 to 23: lunch at 13 to 15, dinner at 20 to 22, almost silence before dawn.
_HOURS: Final = (8, 4, 2, 1, 1, 2, 6, 14, 22, 26, 28, 34, 52, 74, 70, 48, 36, 34, 42, 58, 74, 70, 46, 22)
# Monday to Sunday.
_WEEKDAYS: Final = (0.88, 0.86, 0.90, 0.95, 1.08, 1.26, 1.18)

_HOUR: Final = timedelta(hours=1)


def moments(count: int, end: datetime, days: int, rng: Random) -> Iterator[datetime]:
    """Exactly `count` moments of the last `days` days before `end`, in order, whole seconds of Lima's time.

    Ordered uniform numbers are drawn one after the other (the smallest of n left has the law of
    1 - U^(1/n)), so that nothing is kept or sorted however many there are, and are then bent to the rhythm.
    """
    end = end.astimezone(LIMA).replace(microsecond=0)
    first = (end - timedelta(days=days)).replace(minute=0, second=0)
    hours = [first + _HOUR * index for index in range(int((end - first) / _HOUR) + 1)]
    spans = [min(_HOUR, end - hour) / _HOUR for hour in hours]
    volume = list(
        accumulate(
            _HOURS[at.hour] * _WEEKDAYS[at.weekday()] * span for at, span in zip(hours, spans, strict=True)
        )
    )
    drawn, index = 0.0, 0
    for left in range(count, 0, -1):
        drawn += (1.0 - drawn) * (1.0 - rng.random() ** (1.0 / left))
        reached = drawn * volume[-1]
        while volume[index] < reached:
            index += 1
        before = volume[index - 1] if index else 0.0
        part = (reached - before) / (volume[index] - before)
        yield hours[index] + timedelta(seconds=int(part * spans[index] * 3600))
