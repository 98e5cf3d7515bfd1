"""Reading the counts that trends are tested on."""

from collections.abc import Container, Iterable, Mapping
from functools import cache
from typing import Final, NamedTuple

import numpy as np
from pulso_contracts.feedback import Channel
from sqlalchemy import Text, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.emerging.expectation import Integers
from pulso_trends.domain.emerging.heard import Heard
from pulso_trends.domain.emerging.places import DEPARTMENT_NAMES
from pulso_trends.domain.mentions import EVERYTHING
from pulso_trends.store.mention_tables import MENTION

_DEPARTMENTS: Final = {name: number for number, name in enumerate(DEPARTMENT_NAMES)}
_CHANNELS: Final = {channel.value: number for number, channel in enumerate(Channel)}
_BETWEEN: Final = "|"
_AFTER: Final = ";"


class Counts(NamedTuple):
    """Voices [department, channel, day] of each concept, and of everything."""

    concepts: Mapping[str, Integers]
    totals: Integers


async def read_counts(
    connection: AsyncConnection, first: int, last: int, known: Container[str], *, only: Iterable[str] = ()
) -> Counts:
    """Return the voices of the days from `first` to `last`, both included, of `known` concepts.

    `only` narrows what is read to some of them, and to everything said.
    """
    # One text for the cells of a concept on a day: rows by the million cost more than what is made of them.
    cell = MENTION.c.region + _BETWEEN + MENTION.c.channel + _BETWEEN + MENTION.c.voices.cast(Text)
    statement = (
        select(MENTION.c.day, MENTION.c.concept, func.aggregate_strings(cell, _AFTER))
        .where(MENTION.c.day.between(first, last), MENTION.c.voices > 0)
        .group_by(MENTION.c.day, MENTION.c.concept)
    )
    if few := sorted(only):
        statement = statement.where(MENTION.c.concept.in_([EVERYTHING, *few]))
    rows = await connection.stream(statement)
    days = last - first + 1
    numbers = {EVERYTHING: 0}
    parts = [np.zeros((0, 3), np.int64)]
    async for part in rows.partitions(1_000):
        cells = [
            (numbers.setdefault(concept, len(numbers)), _row(place) * days + day - first, int(voices))
            for day, concept, told in part
            if concept == EVERYTHING or concept in known
            for place, _, voices in (cell.rpartition(_BETWEEN) for cell in told.split(_AFTER))
        ]
        parts.append(np.array(cells, np.int64).reshape(-1, 3))
    heard = Heard([*numbers], np.concatenate(parts), (len(_DEPARTMENTS), len(_CHANNELS), days))
    return Counts(heard, heard.take(EVERYTHING))


@cache
def _row(place: str) -> int:
    """Return the number of a department and channel; what names no department counts as the last one."""
    region, _, channel = place.partition(_BETWEEN)
    department = _DEPARTMENTS.get(region, len(_DEPARTMENTS) - 1)
    return department * len(_CHANNELS) + _CHANNELS[channel]
