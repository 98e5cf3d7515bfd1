"""Two releases side by side on the same streams and the same database, forward and back, under load."""

import asyncio
from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import httpx
import pytest
from pulso_kit.database import Database
from sqlalchemy import text

from tests.faults.outcome import Trends, assert_drained, assert_rollups_are_right
from tests.faults.stack import eventually
from tests.upgrades.address import Address
from tests.upgrades.deployment import ADMIN_KEY, DUMMY, Pod
from tests.upgrades.load import SOURCE, Load, assert_same
from tests.upgrades.release import MODEL, next_release

SECONDS = 240.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


DOORS = ("gateway", "ingest")
SHARERS = ("sentiment", "sentiment-worker", "trends", "trends-indexer", "insights")
"""They share the streams and the databases with those of the other release."""
ASKED = ("ingest", "sentiment", "trends", "insights")
"""Over HTTP, by other services."""


async def newest_item(database: Database) -> int:
    async with database.engine.connect() as connection:
        return await connection.scalar(text("SELECT seq FROM index_position"))


async def kinds(database: Database, after: int) -> set[tuple[str, ...]]:
    """Where items were brought in, scored and indexed since a place in the index: which releases did that."""
    release = (
        "SELECT DISTINCT coalesce(shelf, 'this'), model_version, coalesce(indexed_by, 'this') FROM feedback"
    )
    async with database.engine.connect() as connection:
        return {tuple(row) for row in await connection.execute(text(f"{release} WHERE seq > {after}"))}


async def writers_of_briefs(database: Database) -> set[str]:
    async with database.engine.connect() as connection:
        found = await connection.scalars(text("SELECT DISTINCT coalesce(written_by, 'this') FROM briefs"))
        return set(found)


async def read_each_other_s_briefs(*pods: Pod) -> None:
    for writer, reader in permutations(pods, 2):
        async with writer.client() as writing, reader.client() as reading:
            written = (await writing.post("/insights", json={})).raise_for_status().json()
            read = (await reading.get(f"/insights/{written['id']}")).raise_for_status().json()
            assert_same(read, written)
            listed = (await reading.get("/insights")).raise_for_status().json()["items"]
            assert written["id"] in {each["id"] for each in listed}


async def test_forward_and_back_without_a_failed_request_and_each_item_once(
    pod: Callable[..., Pod], wiring: dict[str, str], tmp_path: Path
):
    code = next_release(tmp_path / "next")
    database = Database(wiring["PULSO_DATABASE_URL"], application="test")
    addresses = {name: Address() for name in (*DOORS, *SHARERS)}
    wires = {f"PULSO_{name.upper()}_URL": addresses[name].url for name in ASKED}

    def deploy(code: Path | None = None) -> dict[str, Pod]:
        return {name: pod(name, code=code, beside=DUMMY, **wires) for name in addresses}

    async def ready(pods: dict[str, Pod]) -> dict[str, Pod]:
        for each in pods.values():
            await each.ready()
        return pods

    async def replace(names: tuple[str, ...], old: dict[str, Pod], new: dict[str, Pod]) -> None:
        for name in names:
            assert old[name].running, old[name].log
            await addresses[name].lead_to(new[name])
            await old[name].end()

    async def roll(old: dict[str, Pod], new: dict[str, Pod], *, mixed: set[tuple[str, ...]]) -> None:
        """All start at once, as with Helm; an old pod goes when its new one is ready."""
        before = await newest_item(database)
        await ready(new)
        await ready(old)  # on the schema that the new ones have migrated
        await replace(DOORS, old, new)
        await read_each_other_s_briefs(old["insights"], new["insights"])

        async def missing() -> object:
            return mixed - await kinds(database, before) or None

        await eventually(missing, SECONDS, "each release goes on with what the other one began")
        await replace(SHARERS, old, new)

    try:
        this = await ready(deploy())
        for name, address in addresses.items():
            await address.lead_to(this[name])
        url = f"{addresses['gateway'].url}/api/v1"
        async with httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {ADMIN_KEY}"}, timeout=30
        ) as client:
            load = Load(client)
            async with asyncio.TaskGroup() as tasks:
                for work in (load.bring, load.ask, load.score, load.brief):
                    tasks.create_task(work())
                later = deploy(code)
                passed_on = {("this", "dummy-1", "next"), ("this", MODEL, "this")}
                await roll(this, later, mixed=passed_on | {("A", MODEL, "next")})
                await roll(later, deploy(), mixed=passed_on | {("this", "dummy-1", "this")})
                load.over.set()
            await assert_drained(wiring["PULSO_REDIS_URL"])
            trends = Trends(client)
            found = [item["external_id"] for item in await trends.listed(SOURCE)]
            assert sorted(found, key=int) == sorted(load.accepted, key=int)
            assert await trends.counted(SOURCE) == len(load.accepted)
        await assert_rollups_are_right(wiring["PULSO_DATABASE_URL"], items=len(load.accepted))
        assert load.answered > 100
        assert load.models == {"dummy-1", MODEL}
        assert load.briefs
        assert await writers_of_briefs(database) == {"this", "next"}
    finally:
        for address in addresses.values():
            await address.close()
        await database.close()
