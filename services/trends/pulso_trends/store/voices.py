"""Which of new items are voices of their own; called in the transaction that stores them."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence

from pulso_contracts.events import FeedbackScored
from pulso_kit.database import Database
from sqlalchemy import delete, func, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.domain.voices import MEMORY_DAYS, VOICES_A_DAY, fingerprints
from pulso_trends.store.mention_tables import PERSON_DAY, TEXT_PRINT
from pulso_trends.store.transaction import core_transaction
from pulso_trends.store.turn import take_turn
from pulso_trends.store.upsert import insert_into


async def hear(
    database: Database,
    connection: AsyncConnection,
    events: Sequence[FeedbackScored],
    said: Mapping[str, Sequence[str]],
) -> set[str]:
    """Return the ids of the voices among new `events`, and remember what they said; in their order.

    Args:
        database: Where it is remembered.
        connection: In the transaction that stores the events.
        events: Them.
        said: The words of each, by its id.
    """
    prints = await asyncio.to_thread(lambda: {event.id: fingerprints(said[event.id]) for event in events})
    days = {event.id: day_of_hour(hour_of(event.created_at)) for event in events}
    known = await _known_prints(connection, {each for several in prints.values() for each in several})
    spoken = await _spoken(connection, {(days[e.id], e.customer) for e in events if e.customer is not None})
    voices: set[str] = set()
    for event in events:
        day, person = days[event.id], (days[event.id], event.customer or "")
        copied = any(abs(day - known[each]) <= MEMORY_DAYS for each in prints[event.id] if each in known)
        for each in prints[event.id]:
            known[each] = max(day, known.get(each, day))
        if copied or (event.customer is not None and spoken.get(person, 0) >= VOICES_A_DAY):
            continue
        voices.add(event.id)
        if event.customer is not None:
            spoken[person] = spoken.get(person, 0) + 1
    await _remember(database, connection, known, spoken)
    return voices


async def forget(database: Database, before: int) -> None:
    """Drop what is remembered of days before `before`.

    Raises:
        StoreUnavailable: The database cannot do it now.
    """
    async with core_transaction(database) as connection:
        await take_turn(connection)
        await connection.execute(delete(TEXT_PRINT).where(TEXT_PRINT.c.day < before))
        await connection.execute(delete(PERSON_DAY).where(PERSON_DAY.c.day < before))


async def _known_prints(connection: AsyncConnection, prints: Iterable[int]) -> dict[int, int]:
    rows = await connection.execute(
        select(TEXT_PRINT.c.print, TEXT_PRINT.c.day).where(TEXT_PRINT.c.print.in_(sorted(prints)))
    )
    return {row[0]: row[1] for row in rows}


async def _spoken(
    connection: AsyncConnection, people: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], int]:
    columns = PERSON_DAY.c.day, PERSON_DAY.c.customer
    rows = await connection.execute(
        select(*columns, PERSON_DAY.c.voices).where(tuple_(*columns).in_(sorted(people)))
    )
    return {(row[0], row[1]): row[2] for row in rows}


async def _remember(
    database: Database,
    connection: AsyncConnection,
    prints: dict[int, int],
    people: dict[tuple[int, str], int],
) -> None:
    if prints:
        insert = insert_into(database, TEXT_PRINT)
        latest = func.max if database.is_sqlite else func.greatest
        keep = insert.on_conflict_do_update(
            index_elements=["print"], set_={"day": latest(TEXT_PRINT.c.day, insert.excluded.day)}
        )
        await connection.execute(keep, [{"print": each, "day": day} for each, day in sorted(prints.items())])
    if people:
        insert = insert_into(database, PERSON_DAY)
        keep = insert.on_conflict_do_update(
            index_elements=["day", "customer"], set_={"voices": insert.excluded.voices}
        )
        rows = [
            {"day": day, "customer": customer, "voices": voices}
            for (day, customer), voices in sorted(people.items())
        ]
        await connection.execute(keep, rows)
