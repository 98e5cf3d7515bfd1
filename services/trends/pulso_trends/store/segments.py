"""Computing segments at most once a day, in one process at a time, and reading them."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

from pulso_kit.database import Database
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.segments.finding import Finding, find_segments
from pulso_trends.domain.segments.matching import matched
from pulso_trends.domain.segments.people import Gathering
from pulso_trends.domain.segments.tags import tags
from pulso_trends.domain.segments.told import told
from pulso_trends.store.people import WINDOW_DAYS, gather_people
from pulso_trends.store.segment_tables import SEGMENT, SEGMENT_STATE
from pulso_trends.store.transaction import core_transaction

CLAIM: Final = timedelta(minutes=30)
"""For whoever computes; longer than that takes. After it another may."""


class KeptSegment(NamedTuple):
    """A segment as it is told, and the day on which it was first found."""

    id: int
    first_day: int
    told: dict[str, Any]


class KeptSegments(NamedTuple):
    """What the last computation found."""

    computed_at: datetime | None
    people: int
    people_with_enough: int
    people_compared: int
    chance: float | None
    reason: str | None
    segments: list[KeptSegment]


async def read_segments(database: Database) -> KeptSegments:
    """Return the segments of the last computation, the largest first.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        state = (await connection.execute(select(SEGMENT_STATE))).one()
        rows = (await connection.execute(select(SEGMENT).where(SEGMENT.c.current.is_(True)))).all()
    segments = [KeptSegment(row.id, row.first_day, row.told) for row in rows]
    return KeptSegments(
        state.computed_at,
        state.people,
        state.people_with_enough,
        state.people_compared,
        state.chance,
        state.reason,
        sorted(segments, key=lambda each: (-each.told["people"], each.id)),
    )


async def compute_segments(
    database: Database, taxonomy: Taxonomy, day: int, seq: int, *, beat: Callable[[], object]
) -> int | None:
    """Compute segments where that is due: once a day, and when the items have doubled.

    Args:
        database: Of the items.
        taxonomy: What people may speak of.
        day: The last day.
        seq: The last item that was indexed before.
        beat: Called now and then.

    Returns:
        How many were found; None when nothing was due, or another process is faster.

    Raises:
        StoreUnavailable: The database cannot do it now.
    """
    claim = await _claim(database, day, seq)
    if claim is None:
        return None
    gathering = Gathering(taxonomy, tags())
    writers = await gather_people(database, gathering, day, beat=beat)
    people = await asyncio.to_thread(gathering.people)
    found = await asyncio.to_thread(find_segments, people, tags())
    beat()
    known = {tag.id: tag for tag in tags()}
    rows = [(told(each, len(people), taxonomy.concepts, known), each.profile) for each in found.groups]
    async with core_transaction(database) as connection:
        counted = {
            "people": writers.people,
            "people_with_enough": writers.with_enough,
            "people_compared": len(people),
        }
        if not await _settle(connection, claim, found, computed_day=day, computed_seq=seq, **counted):
            return None
        await _keep(connection, rows, day)
    return len(rows)


async def _claim(database: Database, day: int, seq: int) -> datetime | None:
    """Announce a computation, if one is due and nobody is at it; returns by what it is known."""
    now, state = datetime.now(UTC), SEGMENT_STATE.c
    due = or_(
        state.computed_day.is_(None),
        state.computed_day < day,
        (2 * state.computed_seq <= seq) & (state.computed_seq < seq),
    )
    free = or_(state.claimed_at.is_(None), state.claimed_at < now - CLAIM, state.claimed_at > now + CLAIM)
    async with core_transaction(database) as connection:
        done = await connection.execute(update(SEGMENT_STATE).where(due, free).values(claimed_at=now))
    return now if done.rowcount == 1 else None


async def _settle(connection: AsyncConnection, claim: datetime, found: Finding, **counted: int) -> bool:
    """Note the outcome, unless the claim has passed to another process."""
    done = await connection.execute(
        update(SEGMENT_STATE)
        .where(SEGMENT_STATE.c.claimed_at == claim)
        .values(
            claimed_at=None,
            computed_at=datetime.now(UTC),
            chance=found.chance,
            reason=None if found.reason is None else found.reason.value,
            **counted,
        )
    )
    return done.rowcount == 1


async def _keep(
    connection: AsyncConnection, rows: Sequence[tuple[dict[str, Any], Mapping[str, float]]], day: int
) -> None:
    """Keep what was found, under the ids that it had or new ones; the rest may come back for a while."""
    await connection.execute(delete(SEGMENT).where(SEGMENT.c.last_day < day - WINDOW_DAYS))
    former = {row.id: row for row in await connection.execute(select(SEGMENT))}
    last_id = int(await connection.scalar(select(SEGMENT_STATE.c.last_id)) or 0)
    ids = matched([profile for _, profile in rows], {number: row.profile for number, row in former.items()})
    await connection.execute(update(SEGMENT).values(current=False))
    for (fields, profile), known in zip(rows, ids, strict=True):
        values = {"current": True, "last_day": day, "told": fields, "profile": dict(profile)}
        if known is None:
            last_id += 1
            await connection.execute(insert(SEGMENT).values(id=last_id, first_day=day, **values))
        else:
            await connection.execute(update(SEGMENT).where(SEGMENT.c.id == known).values(values))
    await connection.execute(update(SEGMENT_STATE).values(last_id=last_id))
