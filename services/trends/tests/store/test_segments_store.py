"""Segments are computed once a day by one process, keep their ids, and count only whom they may."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from pulso_trends.domain.concepts import Taxonomy, shipped_concepts
from pulso_trends.domain.lima import day_of_hour, hour_of
from pulso_trends.store import people
from pulso_trends.store.indexing import index
from pulso_trends.store.segments import CLAIM, compute_segments, read_segments
from sqlalchemy import text

DAY = day_of_hour(hour_of(datetime(2026, 11, 12, 15, tzinfo=UTC)))
TAXONOMY = Taxonomy(shipped_concepts())


@pytest.fixture
def compute(database):
    async def computed(day=DAY, seq=1000):
        return await compute_segments(database, TAXONOMY, day, seq, beat=lambda: None)

    return computed


async def ids(database):
    return sorted(each.id for each in (await read_segments(database)).segments)


async def change(database, statement, **values):
    async with database.engine.begin() as connection:
        await connection.execute(text(statement), values)


async def test_nothing_is_known_before_the_first_computation(database):
    assert (await read_segments(database))._asdict() == {
        "computed_at": None,
        "people": 0,
        "people_with_enough": 0,
        "people_compared": 0,
        "chance": None,
        "reason": "not_computed",
        "segments": [],
    }


async def test_segments_are_computed_once_a_day_and_when_items_have_doubled(database, tasteful, compute):
    await index(database, tasteful())
    assert await compute() == 2
    assert await compute() is None
    assert await compute(day=DAY - 1) is None
    assert await compute(seq=1999) is None
    assert await compute(seq=2000) == 2
    assert await compute(day=DAY + 1) == 2
    kept = await read_segments(database)
    assert (kept.people, kept.people_with_enough, kept.people_compared) == (80, 80, 80)
    assert [each.told["people"] for each in kept.segments] == [40, 40]
    assert {each.first_day for each in kept.segments} == {DAY}


async def test_ids_stay_come_back_and_are_never_given_twice(database, tasteful, compute):
    await index(database, tasteful())
    await compute()
    assert await ids(database) == [1, 2]
    before = {each.id: each.told["name_es"] for each in (await read_segments(database)).segments}
    await change(database, "UPDATE feedback SET voice = :no", no=False)
    assert await compute(day=DAY + 1) == 0
    kept = await read_segments(database)
    assert (kept.reason, kept.segments) == ("not_enough_people", [])
    await change(database, "UPDATE feedback SET voice = :yes", yes=True)
    await compute(day=DAY + 2)
    assert {each.id: each.told["name_es"] for each in (await read_segments(database)).segments} == before
    await change(database, "DELETE FROM segment")
    await compute(day=DAY + 3)
    assert await ids(database) == [3, 4]


async def test_of_several_processes_one_computes(database, tasteful, compute):
    await index(database, tasteful())
    assert sorted(await asyncio.gather(*(compute() for _ in range(3))), key=str) == [2, None, None]
    assert await ids(database) == [1, 2]


async def test_who_was_overtaken_keeps_nothing(database, tasteful, compute):
    await index(database, tasteful())
    running = asyncio.create_task(compute())
    async with asyncio.timeout(10):
        while not await claimed(database):  # noqa: ASYNC110 - the other is a thread's and a database's
            await asyncio.sleep(0.005)
    await change(database, "UPDATE segment_state SET claimed_at = :later", later=stored(database, 1))
    assert await running is None
    assert (await read_segments(database)).reason == "not_computed"


async def test_the_claim_of_a_process_that_died_runs_out(database, tasteful, compute):
    await index(database, tasteful())
    minutes = CLAIM.total_seconds() / 60
    await change(database, "UPDATE segment_state SET claimed_at = :at", at=stored(database, 1 - minutes))
    assert await compute() is None
    await change(database, "UPDATE segment_state SET claimed_at = :at", at=stored(database, -1 - minutes))
    assert await compute() == 2


async def test_only_voices_of_people_who_wrote_enough_of_late_count(database, scored, tasteful, compute):
    said = tasteful()
    others = {
        "few": [{"created_at": moment(day)} for day in range(4)],
        "long ago": [{"created_at": moment(200 + day)} for day in range(9)],
        None: [{"created_at": moment(day)} for day in range(9)],
    }
    said += [
        scored("Un ceviche", customer=customer, **fields)
        for customer, several in others.items()
        for fields in several
    ]
    await index(database, said)
    await compute()
    kept = await read_segments(database)
    assert (kept.people, kept.people_with_enough, kept.people_compared) == (81, 80, 80)
    assert sum(each.told["items"] for each in kept.segments) == 480


async def test_of_too_many_people_an_even_part_is_drawn(database, tasteful, compute, monkeypatch):
    monkeypatch.setattr(people, "MOST_VOICES", 720)
    await index(database, tasteful(each=120))
    assert await compute() == 2
    kept = await read_segments(database)
    assert kept.people_with_enough == 240
    assert 90 <= kept.people_compared <= 150
    assert all(0.35 <= each.told["share"] <= 0.65 for each in kept.segments)


async def test_a_change_of_the_order_of_rows_changes_nothing(database, tasteful, compute):
    await index(database, tasteful()[::-1])
    await compute()
    backwards = await read_segments(database)
    await change(database, "DELETE FROM feedback")
    await index(database, tasteful())
    await compute(day=DAY + 1)
    assert (await read_segments(database)).segments == backwards.segments


def moment(days):
    return datetime(2026, 11, 12, 12, tzinfo=UTC) - timedelta(days=days)


def stored(database, minutes):
    """A moment so many minutes from now, as the database keeps it."""
    at = datetime.now(UTC) + timedelta(minutes=minutes)
    return at.strftime("%Y-%m-%d %H:%M:%S.%f") if database.is_sqlite else at


async def claimed(database):
    async with database.engine.connect() as connection:
        return await connection.scalar(text("SELECT claimed_at FROM segment_state")) is not None
