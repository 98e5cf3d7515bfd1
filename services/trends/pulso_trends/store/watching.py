"""A look at all trends, and the alarms of the days that are over; kept for whoever asks."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, NamedTuple

from pulso_contracts.emerging import TrendStatus
from pulso_kit.database import Database
from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.concepts import Taxonomy
from pulso_trends.domain.emerging.arms import ARMS, REACH
from pulso_trends.domain.emerging.discoveries import MEMORY_DAYS
from pulso_trends.domain.emerging.look import NEWS, Cause, Found, causes_of, look, series
from pulso_trends.domain.emerging.missing import Due, due, missing
from pulso_trends.domain.emerging.standing import Alarm, Direction, Standing
from pulso_trends.domain.lima import start_of_day
from pulso_trends.store.counts import Counts, read_counts
from pulso_trends.store.evidence import evidence
from pulso_trends.store.mention_tables import ALARM, TREND, WATCH_STATE
from pulso_trends.store.moods import add_moods, read_moods
from pulso_trends.store.transaction import core_transaction

KEPT_STABLE = 5_000
"""Series without news that are kept for answers, those with the lowest q-values first."""
_GROWTH = (TrendStatus.RISING, TrendStatus.NEW)
MOST_SHOWN = 50
"""Changes for which people, sources and examples are looked up at each look."""


class WatchState(NamedTuple):
    """How far the watch is: the last whole day that was judged, and the last item that a look saw."""

    judged_day: int | None
    seen_seq: int
    raised: list[tuple[int, int]]
    looked_at: datetime | None
    looked_day: int | None
    discovered_day: int | None
    discovered_seq: int


async def watch_state(database: Database) -> WatchState:
    """Return how far the watch is.

    Raises:
        StoreUnavailable: The database cannot answer now.
    """
    async with core_transaction(database) as connection:
        return await _read_state(connection)


async def _read_state(connection: AsyncConnection) -> WatchState:
    row = (await connection.execute(select(WATCH_STATE))).one()
    raised = [(day, count) for day, count in row.raised]
    return WatchState(
        row.judged_day,
        row.seen_seq,
        raised,
        row.looked_at,
        row.looked_day,
        row.discovered_day,
        row.discovered_seq,
    )


async def _read_standing(
    connection: AsyncConnection, day: int, raised: Iterable[tuple[int, int]]
) -> Standing:
    rows = await connection.execute(select(ALARM).where(ALARM.c.ended_on.is_(None)))
    quiet = {Alarm((row.concept, row.place), Direction(row.direction)): row.quiet_days for row in rows}
    counted = dict(raised)
    return Standing(quiet, [counted.get(each, 0) for each in range(day - MEMORY_DAYS, day)])


async def judge_day(database: Database, day: int, taxonomy: Taxonomy) -> int | None:
    """Raise and end the alarms of a day that is over.

    Returns:
        How many are new; None when another process was faster.

    Raises:
        StoreUnavailable: The database cannot do it now.
    """
    async with core_transaction(database) as connection:
        state = await _read_state(connection)
        standing = await _read_standing(connection, day, state.raised)
        counts = await read_counts(connection, day - REACH + 1, day, taxonomy.concepts)
    before = list(standing.quiet)
    new, ended = await asyncio.to_thread(_next_day, standing, counts, day, taxonomy)
    raised = [(each, count) for each, count in state.raised if each > day - MEMORY_DAYS] + [(day, len(new))]
    async with core_transaction(database) as connection:
        if not await _moved(connection, state, judged_day=day, raised=raised):
            return None
        for alarm in before:
            await connection.execute(
                update(ALARM)
                .where(_is(alarm), ALARM.c.ended_on.is_(None))
                .values(quiet_days=standing.quiet.get(alarm, 0), ended_on=day if alarm in ended else None)
            )
        rows = [{**_key(alarm), "raised_on": day, "quiet_days": 0, "ended_on": None} for alarm in sorted(new)]
        if rows:
            await connection.execute(insert(ALARM), rows)
    return len(new)


async def look_at(database: Database, day: int, seq: int, taxonomy: Taxonomy) -> int:
    """Look at the stretches that end with `day`, keep what is found, and return how many series were tested.

    Args:
        database: Of the counts.
        day: The last day, which need not be over.
        seq: The last item that was indexed before.
        taxonomy: By which they are counted.

    Raises:
        StoreUnavailable: The database cannot do it now.
    """
    async with core_transaction(database) as connection:
        state = await _read_state(connection)
        counts = await read_counts(connection, day - REACH + 1, day, taxonomy.concepts)
        peaks = [
            (each, await _last_year(connection, each, day, taxonomy))
            for each in due(start_of_day(day).date())
        ]
        windows = [*(arm.days for arm in ARMS), *(each.arm.days for each, _ in peaks)]
        moods = await read_moods(connection, day, windows)
    causes = causes_of(start_of_day(day).date(), taxonomy.groups)
    found = await asyncio.to_thread(_found, counts, causes, taxonomy, peaks)
    rows = [_row(each, taxonomy) for each in _kept(found)]
    await asyncio.to_thread(add_moods, rows, moods, counts.concepts)
    news = [row for row in rows if row["status"] in NEWS and not row["explained"]]
    for row in news[:MOST_SHOWN]:
        row["found"] |= await evidence(database, taxonomy, row, day)
    async with core_transaction(database) as connection:
        moved = await _moved(
            connection, state, seen_seq=seq, looked_at=datetime.now(UTC), looked_day=day, tested=len(found)
        )
        if moved:
            await connection.execute(delete(TREND))
            if rows:
                await connection.execute(insert(TREND), rows)
    return len(found)


async def _moved(connection: AsyncConnection, before: WatchState, **values: object) -> bool:
    """Move the watch on, unless another process has done so since `before`."""
    done = await connection.execute(
        update(WATCH_STATE)
        .where(
            WATCH_STATE.c.judged_day.is_not_distinct_from(before.judged_day),
            WATCH_STATE.c.looked_at.is_not_distinct_from(before.looked_at),
        )
        .values(values)
    )
    return done.rowcount == 1


def _next_day(
    standing: Standing, counts: Counts, day: int, taxonomy: Taxonomy
) -> tuple[set[Alarm], set[Alarm]]:
    tested = series(*counts)
    causes = causes_of(start_of_day(day).date(), taxonomy.groups)
    _, verdicts = look(tested, causes, taxonomy.groups)
    return standing.next_day(tested.keys, verdicts)


async def _last_year(connection: AsyncConnection, due: Due, day: int, taxonomy: Taxonomy) -> Counts:
    """Return the counts around the last occurrence of an occasion, of its concepts."""
    last = day - due.days_before
    return await read_counts(
        connection, last - REACH + 1, last, taxonomy.concepts, only=due.occasion.concepts
    )


def _found(
    counts: Counts, causes: Mapping[str, Cause], taxonomy: Taxonomy, peaks: Iterable[tuple[Due, Counts]]
) -> list[Found]:
    found, _ = look(series(*counts), causes, taxonomy.groups)
    told = {(each.concept, each.place): each for each in found}
    for occasion, then in peaks:
        absent = {(each.concept, each.place): each for each in missing(occasion, counts, then)}
        told |= {key: each for key, each in absent.items() if told[key].status not in _GROWTH}
    return sorted(told.values(), key=lambda each: (each.q_value, each.concept, each.place))


def _kept(found: Sequence[Found]) -> list[Found]:
    return [each for n, each in enumerate(found) if each.status in NEWS or n < KEPT_STABLE]


def _row(found: Found, taxonomy: Taxonomy) -> dict[str, Any]:
    told = asdict(found)
    key = {name: told.pop(name) for name in ("concept", "place", "status")}
    return {
        **key,
        "explained": found.explained_by is not None,
        "kind": taxonomy.concepts[found.concept].kind.value,
        "chance": found.q_value,
        "found": told,
    }


def _key(alarm: Alarm) -> dict[str, str]:
    concept, place = alarm.series
    return {"concept": concept, "place": place, "direction": alarm.direction.value}


def _is(alarm: Alarm) -> Any:
    concept, place = alarm.series
    return (
        (ALARM.c.concept == concept) & (ALARM.c.place == place) & (ALARM.c.direction == alarm.direction.value)
    )
