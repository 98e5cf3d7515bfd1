"""What was thought of concepts now and before: summed once by each look, so that no question sums days."""

from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final, NamedTuple

import numpy as np
from pulso_contracts.feedback import Channel
from sqlalchemy import BigInteger, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.expectation import Integers
from pulso_trends.domain.emerging.places import DEPARTMENT_NAMES, PARTS, PLACES
from pulso_trends.domain.mentions import COUNTS
from pulso_trends.store.mention_tables import MENTION

_DEPARTMENTS: Final = {name: number for number, name in enumerate(DEPARTMENT_NAMES)}
_PARTS: Final = {place: list(parts) for place, parts in zip(PLACES, PARTS, strict=True)}


class Moods(NamedTuple):
    """By concept the sums of `COUNTS` [department, band, count].

    A band holds the days by which one of `windows`, the lengths of stretches, is longer than the one before
    it; the last band holds the days before the longest.
    """

    windows: list[int]
    sums: dict[str, Integers]


async def read_moods(connection: AsyncConnection, day: int, windows: Iterable[int]) -> Moods:
    """Return the counts of the days that are tested, for stretches of these lengths that end with `day`."""
    moods = Moods(sorted(set(windows)), {})
    bands = [(MENTION.c.day > day - window, band) for band, window in enumerate(moods.windows)]
    columns = (
        MENTION.c.concept,
        MENTION.c.region,
        case(*bands, else_=len(bands)).label("band"),
        *(func.sum(MENTION.c[name]).cast(BigInteger) for name in COUNTS),
    )
    statement = (
        select(*columns)
        .where(MENTION.c.day.between(day - REACH + 1, day))
        .group_by(MENTION.c.concept, MENTION.c.region, "band")
    )
    shape = len(_DEPARTMENTS), len(bands) + 1, len(COUNTS)
    rows = await connection.stream(statement)
    async for part in rows.partitions(10_000):
        for concept, region, band, *sums in part:
            if concept not in moods.sums:
                moods.sums[concept] = np.zeros(shape, np.int64)
            moods.sums[concept][_DEPARTMENTS.get(region, -1), band] += sums
    return moods


def add_moods(rows: Iterable[dict[str, Any]], moods: Moods, voices: Mapping[str, Integers]) -> None:
    """Put into what was `found` of each row the counts of now and before, and the voices of now by channel.

    Args:
        rows: Of trends.
        moods: Of all concepts.
        voices: Of each concept [department, channel, day]; the last day is the one that is looked at.
    """
    by_concept = itemgetter("concept")
    for concept, several in groupby(sorted(rows, key=by_concept), by_concept):
        own = voices[concept]
        for row in several:
            found, parts = row["found"], _PARTS[row["place"]]
            bands = moods.sums[concept][parts].sum(axis=0)
            recent = moods.windows.index(found["window_days"]) + 1
            heard = own[parts, :, -found["window_days"] :].sum(axis=(0, 2)).tolist()
            found["counts_now"] = bands[:recent].sum(axis=0).tolist()
            found["counts_before"] = bands[recent:].sum(axis=0).tolist()
            found["channels"] = {channel.value: n for channel, n in zip(Channel, heard, strict=True) if n}
