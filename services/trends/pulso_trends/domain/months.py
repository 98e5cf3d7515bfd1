"""Months of Peru, in which items are kept together and, once they are old, forgotten together."""

from datetime import datetime
from typing import Final, NamedTuple

from pulso_contracts.base import LIMA

FIRST_YEAR: Final = 2020
"""What was written before shares one stretch, so that an old archive does not make hundreds of them."""
LAST_YEAR: Final = 2050
"""From here on too: a sender whose clock is wrong must not be able to make thousands."""


class Month(NamedTuple):
    """A stretch of time, from `start` on and before `stop`, None for no end; names sort as time does."""

    name: str
    start: datetime | None
    stop: datetime | None


def month_of(moment: datetime) -> Month:
    """Return the month of Peru that holds `moment`, or the long stretch before or after all such months.

    They begin at midnight in Peru, not in UTC, so that each of Peru's days lies in one of them as a whole.
    """
    local = moment.astimezone(LIMA)
    if local.year < FIRST_YEAR:
        return Month("2000", None, _first_of(FIRST_YEAR, 1))
    if local.year >= LAST_YEAR:
        return Month(str(LAST_YEAR), _first_of(LAST_YEAR, 1), None)
    following = _first_of(local.year + local.month // 12, local.month % 12 + 1)
    return Month(f"{local:%Y_%m}", _first_of(local.year, local.month), following)


def _first_of(year: int, month: int) -> datetime:
    return datetime(year, month, 1, tzinfo=LIMA)
