"""A recount sees every way in which roll-ups can be wrong, and mends them."""

import pytest
from pulso_trends.store.indexing import index
from pulso_trends.store.recount import recount
from sqlalchemy import text


@pytest.mark.parametrize(
    ("damage", "wrong_cells"),
    [
        ("UPDATE rollup SET negative_score = negative_score - 1 WHERE grain = 0 AND cuboid = 0", 2),
        ("DELETE FROM rollup WHERE grain = 1 AND cuboid = 1 AND region = 'Lima'", 1),
        ("UPDATE rollup SET bucket = bucket + 240 WHERE grain = 0 AND cuboid = 2", 4),
        ("UPDATE rollup SET product = 'x' WHERE grain = 1 AND cuboid = 15", 4),
        ("UPDATE rating SET five = five + 1 WHERE grain = 1 AND cuboid = 16", 1),
        ("UPDATE rating SET bucket = bucket + 240 WHERE grain = 0 AND cuboid = 2", 2),
        ("DELETE FROM rating", 19),
        ("DELETE FROM rollup", 28),
        ("DELETE FROM feedback", 47),
    ],
)
async def test_damage_is_counted_and_repaired(database, scored, damage, wrong_cells):
    await index(
        database,
        [
            scored(region="Lima"),
            scored(
                region="Cusco",
                rating=5,
                aspects={"sabor": "negative"},
                created_at="2026-11-11T04:59:59Z",
            ),
        ],
    )
    assert (await recount(database)).wrong_cells == 0
    async with database.engine.begin() as connection:
        await connection.execute(text(damage))
    found = await recount(database)
    assert (found.wrong_cells, found.repaired) == (wrong_cells, False)
    assert (await recount(database, repair=True)).repaired
    assert (await recount(database)).wrong_cells == 0


async def test_an_empty_database_has_nothing_wrong(database):
    found = await recount(database)
    assert (found.days, found.items, found.cells, found.wrong_cells) == (0, 0, 0, 0)
