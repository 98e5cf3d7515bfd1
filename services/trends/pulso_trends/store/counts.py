"""Reading the counts that trends are tested on."""

from collections.abc import Container, Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
from pulso_contracts.feedback import Channel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.emerging.expectation import Integers
from pulso_trends.domain.emerging.heard import Heard
from pulso_trends.domain.emerging.places import DEPARTMENT_NAMES
from pulso_trends.domain.mentions import EVERYTHING
from pulso_trends.store.mention_tables import MENTION

_DEPARTMENTS: Final = {name: number for number, name in enumerate(DEPARTMENT_NAMES)}
_CHANNELS: Final = {channel.value: number for number, channel in enumerate(Channel)}


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
    columns = (MENTION.c[name] for name in ("concept", "region", "channel", "day", "voices"))
    statement = select(*columns).where(MENTION.c.day.between(first, last), MENTION.c.voices > 0)
    if few := sorted(only):
        statement = statement.where(MENTION.c.concept.in_([EVERYTHING, *few]))
    rows = await connection.stream(statement)
    shape = len(_DEPARTMENTS), len(_CHANNELS), last - first + 1
    numbers = {EVERYTHING: 0}
    parts = [np.zeros((0, 3), np.int64)]
    async for part in rows.partitions(10_000):
        cells = [
            (numbers.setdefault(concept, len(numbers)), _place(region, channel, day - first, shape), voices)
            for concept, region, channel, day, voices in part
            if concept == EVERYTHING or concept in known
        ]
        parts.append(np.array(cells, np.int64).reshape(-1, 3))
    heard = Heard([*numbers], np.concatenate(parts), shape)
    return Counts(heard, heard.take(EVERYTHING))


def _place(region: str, channel: str, day: int, shape: tuple[int, int, int]) -> int:
    """Return the place of a cell in the flattened table; what names no department is the last one."""
    department = _DEPARTMENTS.get(region, len(_DEPARTMENTS) - 1)
    return (department * shape[1] + _CHANNELS[channel]) * shape[2] + day
