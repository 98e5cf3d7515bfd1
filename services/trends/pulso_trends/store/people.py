"""Reading who spoke of what: voices of people who wrote often enough, as many as can be held."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from pulso_kit.database import Database
from sqlalchemy import case, func, select

from pulso_trends.domain.lima import day_of_hour, hour_of, start_of_day
from pulso_trends.domain.segments.finding import LEAST_VOICES
from pulso_trends.domain.segments.people import Gathering, Voice
from pulso_trends.store.tables import FEEDBACK
from pulso_trends.store.transaction import core_transaction

WINDOW_DAYS: Final = 180
"""Long enough for five remarks, short enough for tastes of now."""
MOST_VOICES: Final = 200_000
"""Voices that are read; of more an even part of the people is drawn by their hashes. It bounds memory to
some 150 MB for as long as it takes, and the search for concepts to about a minute of one core."""
_AT_ONCE: Final = 1_000
_READ: Final = ("customer", "created_at", "region", "text", "sentiment", "score", "aspects")


class Writers(NamedTuple):
    """People who wrote under an id, and how many of them did so often enough."""

    people: int
    with_enough: int


async def gather_people(
    database: Database, gathering: Gathering, day: int, *, beat: Callable[[], object]
) -> Writers:
    """Add the voices of the last `WINDOW_DAYS` days up to `day` to `gathering`.

    Args:
        database: Where from.
        gathering: Where to.
        day: The last day.
        beat: Called after each part.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    customer, created = FEEDBACK.c.customer, FEEDBACK.c.created_at
    first, stop = start_of_day(day - WINDOW_DAYS + 1), start_of_day(day + 1)
    inside = (created >= first) & (created < stop) & FEEDBACK.c.voice.is_(True) & customer.is_not(None)
    writers = select(customer, func.count().label("voices")).where(inside).group_by(customer).subquery()
    enough = writers.c.voices >= LEAST_VOICES
    counts = select(
        func.count(),
        func.coalesce(func.sum(case((enough, 1), else_=0)), 0),
        func.coalesce(func.sum(case((enough, writers.c.voices), else_=0)), 0),
    ).select_from(writers)
    async with core_transaction(database) as connection:
        people, with_enough, voices = (int(each) for each in (await connection.execute(counts)).one())
        chosen = inside & customer.in_(select(writers.c.customer).where(enough))
        if voices > MOST_VOICES:
            chosen &= customer < f"{int(MOST_VOICES / voices * 16**8):08x}"
        rows = await connection.stream(select(*(FEEDBACK.c[name] for name in _READ)).where(chosen))
        async for part in rows.partitions(_AT_ONCE):
            await asyncio.to_thread(_add, gathering, part)
            beat()
    return Writers(people, with_enough)


def _add(gathering: Gathering, rows: Sequence[Any]) -> None:
    gathering.add(
        Voice(
            row.customer,
            day_of_hour(hour_of(row.created_at)),
            row.region,
            row.text,
            row.sentiment,
            row.score,
            [(each["aspect"], each["sentiment"]) for each in row.aspects],
        )
        for row in rows
    )
