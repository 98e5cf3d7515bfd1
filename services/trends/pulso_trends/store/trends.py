"""Reading what the watch keeps: trends, alarms, and the moods behind them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pulso_contracts.emerging import TrendStatus
from pulso_kit.database import Database
from sqlalchemy import case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.places import COUNTRY, DEPARTMENT_NAMES, WIDER
from pulso_trends.domain.emerging.standing import Direction
from pulso_trends.domain.mentions import COUNTS
from pulso_trends.store.mention_tables import ALARM, MENTION, TAXONOMY_STATE, TREND, WATCH_STATE
from pulso_trends.store.transaction import core_transaction


class Kept(NamedTuple):
    """One trend as the last look kept it, the day of its alarm, and the counts behind it.

    `now` and `before` are the sums of `COUNTS` over the stretch and over the days before it; `channels` the
    voices of the stretch by channel.
    """

    concept: str
    place: str
    kind: str
    status: str
    found: dict[str, Any]
    since: int | None
    now: tuple[int, ...]
    before: tuple[int, ...]
    channels: dict[str, int]


class Looked(NamedTuple):
    """What a question about trends gives."""

    looked_at: datetime | None
    last_day: int | None
    tested: int
    recounting: bool
    trends: list[Kept]


async def read_trends(
    database: Database,
    *,
    places: Sequence[str],
    kinds: Sequence[str],
    statuses: Sequence[str],
    concepts: Sequence[str],
    explained: bool,
    limit: int,
) -> Looked:
    """Return the surest trends of the last look; an empty filter narrows nothing.

    Without `explained` those are left out that only repeat a finer change.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    chosen = {"place": places, "kind": kinds, "status": statuses, "concept": concepts}
    conditions = [TREND.c[column].in_(values) for column, values in chosen.items() if values]
    if not explained:
        conditions.append(TREND.c.explained.is_(False))
    async with core_transaction(database) as connection:
        state = (await connection.execute(select(WATCH_STATE))).one()
        recount: int | None = await connection.scalar(select(TAXONOMY_STATE.c.recount_below))
        statement = select(TREND).where(*conditions).order_by(TREND.c.chance, TREND.c.concept, TREND.c.place)
        rows = (await connection.execute(statement.limit(limit))).all()
        alarms = await connection.execute(select(ALARM).where(ALARM.c.ended_on.is_(None)))
        since = {(row.concept, row.place, row.direction): row.raised_on for row in alarms}
        trends = [
            Kept(
                row.concept,
                row.place,
                row.kind,
                row.status,
                row.found,
                since.get((row.concept, row.place, _direction(row.status))),
                *await _counts(connection, row, state.looked_day),
            )
            for row in rows
        ]
    return Looked(state.looked_at, state.looked_day, state.tested, recount is not None, trends)


def _direction(status: str) -> Direction:
    """The way that an alarm of a trend with this status tells of."""
    return Direction.DOWN if status == TrendStatus.FALLING else Direction.UP


async def _counts(
    connection: AsyncConnection, row: Any, day: int
) -> tuple[tuple[int, ...], tuple[int, ...], dict[str, int]]:
    first = day - row.found["window_days"] + 1
    recent = case((MENTION.c.day >= first, 1), else_=0).label("recent")
    regions = DEPARTMENT_NAMES if row.place == COUNTRY else WIDER.get(row.place, (row.place,))
    rows = await connection.execute(
        select(recent, MENTION.c.channel, *(func.sum(MENTION.c[name]) for name in COUNTS))
        .where(
            MENTION.c.concept == row.concept,
            MENTION.c.day.between(day - REACH + 1, day),
            MENTION.c.region.in_(regions),
        )
        .group_by("recent", MENTION.c.channel)
    )
    sums = [[0] * len(COUNTS), [0] * len(COUNTS)]
    channels: dict[str, int] = {}
    for is_recent, channel, *counts in rows:
        sums[is_recent] = [have + int(more) for have, more in zip(sums[is_recent], counts, strict=True)]
        if is_recent and counts[1]:
            channels[channel] = int(counts[1])
    return tuple(sums[1]), tuple(sums[0]), channels
