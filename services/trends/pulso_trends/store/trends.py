"""Reading what the watch keeps: trends, alarms, and the moods behind them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from pulso_contracts.emerging import TrendStatus
from pulso_kit.database import Database
from sqlalchemy import ColumnElement, Select, case, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.cursor import LookCursor
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.places import COUNTRY, DEPARTMENT_NAMES, WIDER
from pulso_trends.domain.emerging.standing import Direction
from pulso_trends.domain.mentions import COUNTS
from pulso_trends.errors import Overtaken
from pulso_trends.store.mention_tables import ALARM, MENTION, TAXONOMY_STATE, TREND, WATCH_STATE
from pulso_trends.store.transaction import core_transaction

_Counts = tuple[tuple[int, ...], tuple[int, ...], dict[str, int]]


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
    following: LookCursor | None


async def read_trends(
    database: Database,
    *,
    places: Sequence[str],
    kinds: Sequence[str],
    statuses: Sequence[str],
    concepts: Sequence[str],
    explained: bool,
    limit: int,
    after: LookCursor | None = None,
) -> Looked:
    """Return the surest trends of the last look; an empty filter narrows nothing.

    Without `explained` those are left out that only repeat a finer change. The page after `after` has to be
    asked for with the same filters.

    Raises:
        Overtaken: `after` is of another look than the last one.
        StoreUnavailable: The database cannot answer now.
    """
    chosen = {"place": places, "kind": kinds, "status": statuses, "concept": concepts}
    conditions = [TREND.c[column].in_(values) for column, values in chosen.items() if values]
    if not explained:
        conditions.append(TREND.c.explained.is_(False))
    told = 0 if after is None else after.told
    async with core_transaction(database) as connection:
        recount: int | None = await connection.scalar(select(TAXONOMY_STATE.c.recount_below))
        found = (await connection.execute(_page(conditions, limit + 1, told))).all()
        look = found[0]
        if after is not None and after.looked_at != look.looked_at:
            raise Overtaken
        more = LookCursor(look.looked_at, told + limit) if len(found) > limit else None
        rows = [row for row in found[:limit] if row.concept is not None]
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
                *(_told(row.found) or await _counts(connection, row, look.looked_day)),
            )
            for row in rows
        ]
    return Looked(look.looked_at, look.looked_day, look.tested, recount is not None, trends, more)


def _page(conditions: Sequence[ColumnElement[bool]], limit: int, offset: int) -> Select[Any]:
    """The trends with the look that they are of: one statement, because a look may be kept between two.

    The look is told where it has no such trends too.
    """
    order = "chance", "concept", "place"
    chosen = select(TREND).where(*conditions).order_by(*(TREND.c[name] for name in order))
    page = chosen.limit(limit).offset(offset).subquery()
    look = WATCH_STATE.c.looked_at, WATCH_STATE.c.looked_day, WATCH_STATE.c.tested
    joined = select(*look, page).select_from(WATCH_STATE.outerjoin(page, true()))
    return joined.order_by(*(page.c[name] for name in order))


def _direction(status: str) -> Direction:
    """The way that an alarm of a trend with this status tells of."""
    return Direction.DOWN if status == TrendStatus.FALLING else Direction.UP


def _told(found: dict[str, Any]) -> _Counts | None:
    """What the look counted; None where the watch of an older release looked, which did not keep it."""
    if "counts_now" not in found:
        return None
    return tuple(found["counts_now"]), tuple(found["counts_before"]), found["channels"]


async def _counts(connection: AsyncConnection, row: Any, day: int) -> _Counts:
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
