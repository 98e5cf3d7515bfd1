"""Two releases side by side on the same streams and the same database, forward and back, under load."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
from pulso_kit.database import Database
from pulso_trends.store.migrate import SCRIPTS
from sqlalchemy import text

from tests.faults.outcome import Trends, assert_drained, assert_rollups_are_right
from tests.faults.stack import eventually
from tests.upgrades.address import Address
from tests.upgrades.deployment import ADMIN_KEY, COMPONENTS, DUMMY, Pod
from tests.upgrades.load import SOURCE, Load
from tests.upgrades.release import MODEL, next_release

SECONDS = 60.0

pytestmark = [pytest.mark.slow, pytest.mark.timeout(240)]


async def kinds(database: Database) -> set[tuple[str, ...]]:
    """Which releases brought, scored and indexed items, in one word each."""
    told = (
        "SELECT DISTINCT coalesce(shelf, 'this'), model_version, coalesce(indexed_by, 'this') FROM feedback"
    )
    async with database.engine.connect() as connection:
        return {tuple(row) for row in await connection.execute(text(told))}


async def test_forward_and_back_without_a_failed_request_and_each_item_once(
    pod: Callable[..., Pod], wiring: dict[str, str], tmp_path: Path
):
    newest = max(path.stem for path in (SCRIPTS / "versions").glob("[0-9]*.py")).partition("_")[0]
    code = next_release(tmp_path / "next", newest)
    database = Database(wiring["PULSO_DATABASE_URL"], application="test")
    addresses = {name: Address() for name in COMPONENTS}
    wires = {f"PULSO_{name.upper()}_URL": addresses[name].url for name in addresses if "-" not in name}

    def deploy(code: Path | None = None) -> dict[str, Pod]:
        return {name: pod(name, code=code, beside=DUMMY, **wires) for name in COMPONENTS}

    async def all_ready(pods: dict[str, Pod]) -> None:
        for each in pods.values():
            await each.ready()

    async def roll(old: dict[str, Pod], new: dict[str, Pod], *, together: set[tuple[str, ...]]) -> None:
        """As Deployments do: all start at once; an old pod goes when its new one is ready."""
        await all_ready(new)
        for name, address in addresses.items():
            await address.lead_to(old[name], new[name])

        async def missing() -> object:
            return together - await kinds(database) or None

        await eventually(missing, SECONDS, "both releases take part in each other's work")
        for name, address in addresses.items():
            assert old[name].running
            await address.lead_to(new[name])
            await old[name].end()

    try:
        this = deploy()
        await all_ready(this)
        for name, address in addresses.items():
            await address.lead_to(this[name])
        url = f"{addresses['gateway'].url}/api/v1"
        async with httpx.AsyncClient(
            base_url=url, headers={"Authorization": f"Bearer {ADMIN_KEY}"}, timeout=30
        ) as client:
            load = Load(client)
            async with asyncio.TaskGroup() as tasks:
                for work in (load.bring, load.ask):
                    tasks.create_task(work())
                mixed = {("this", "dummy-1", "next"), ("this", MODEL, "this"), ("A", MODEL, "next")}
                later = deploy(code)
                await roll(this, later, together=mixed)
                again = deploy()
                await roll(later, again, together={("this", "dummy-1", "this")})
                load.over.set()
            await assert_drained(wiring["PULSO_REDIS_URL"])
            trends = Trends(client)
            found = [item["external_id"] for item in await trends.listed(SOURCE)]
            assert sorted(found, key=int) == sorted(load.accepted, key=int)
            assert await trends.counted(SOURCE) == len(load.accepted)
        await assert_rollups_are_right(wiring["PULSO_DATABASE_URL"], items=len(load.accepted))
        assert load.answered > 100
    finally:
        for address in addresses.values():
            await address.close()
        await database.close()
