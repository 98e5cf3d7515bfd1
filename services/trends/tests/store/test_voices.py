"""Copies and zealots are kept and counted, but are no voices."""

from pulso_trends.store.indexing import index
from sqlalchemy import text

LONG = "El ceviche de la esquina estaba riquísimo y la atención fue excelente, volveré pronto con mi {}"


async def everything(database):
    async with database.engine.connect() as connection:
        row = (
            await connection.execute(text("SELECT sum(items), sum(voices) FROM mention WHERE concept = ''"))
        ).one()
        return int(row[0]), int(row[1])


async def test_near_copies_count_once_whoever_writes_them(database, scored):
    copies = [scored(LONG.format(who), customer=who) for who in ("familia", "esposa", "mamá", "tía")]
    await index(database, copies[:2])
    await index(database, copies[2:])
    assert await everything(database) == (4, 1)


async def test_short_remarks_that_many_make_are_no_copies(database, scored):
    await index(database, [scored("todo muy rico", customer=f"c{number}") for number in range(5)])
    assert await everything(database) == (5, 5)


async def test_one_person_is_heard_three_times_a_day(database, scored):
    await index(database, [scored(f"plato {number}", customer="zealot") for number in range(4)])
    await index(database, [scored(f"postre {number}", customer="zealot") for number in range(4)])
    later = scored("otro día", customer="zealot", created_at="2026-11-12T12:00:00-05:00")
    await index(database, [later, scored("sin nombre"), scored("sin nombre tampoco")])
    assert await everything(database) == (11, 6)


async def test_a_copy_after_the_memory_is_a_voice_again(database, scored):
    await index(database, [scored(LONG.format("familia"), created_at="2026-06-01T12:00:00-05:00")])
    await index(database, [scored(LONG.format("familia"), created_at="2026-07-01T12:00:00-05:00")])
    assert await everything(database) == (2, 2)
