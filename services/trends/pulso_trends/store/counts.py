"""Reading the counts that trends are tested on."""

from collections.abc import Container, Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from pulso_contracts.feedback import Channel
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.emerging.expectation import Integers
from pulso_trends.domain.emerging.places import DEPARTMENT_NAMES
from pulso_trends.domain.mentions import EVERYTHING
from pulso_trends.store.mention_tables import MENTION

_DEPARTMENTS: Final = {name: number for number, name in enumerate(DEPARTMENT_NAMES)}
_CHANNELS: Final = {channel.value: number for number, channel in enumerate(Channel)}


class Counts(NamedTuple):
    """Voices [department, channel, day] of each concept, and of everything."""

    concepts: dict[str, Integers]
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
    found: dict[str, Integers] = {EVERYTHING: np.zeros(shape, np.int64)}
    async for part in rows.partitions(10_000):
        _add(found, part, first, shape)
    totals = found.pop(EVERYTHING)
    return Counts({concept: cells for concept, cells in found.items() if concept in known}, totals)


def _add(
    found: dict[str, Integers], rows: Iterable[Sequence[Any]], first: int, shape: tuple[int, int, int]
) -> None:
    for concept, region, channel, day, voices in rows:
        cells = found.get(concept)
        if cells is None:
            cells = found[concept] = np.zeros(shape, np.int64)
        cells[_DEPARTMENTS.get(region, len(_DEPARTMENTS) - 1), _CHANNELS[channel], day - first] += voices
