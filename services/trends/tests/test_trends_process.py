"""The service as its own process: how it starts, ends, and recounts on the command line."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import httpx
import pytest
from pulso_kit.database import Database
from pulso_trends.store.indexing import index
from pulso_trends.store.migrate import migrate
from sqlalchemy import text

from tests.fixtures.valkey_server import free_port

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def environment(database_url, redis_url):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PULSO_")}
    ours = {"PULSO_DATABASE_URL": database_url, "PULSO_REDIS_URL": redis_url, "PULSO_PORT": str(free_port())}
    return kept | ours


async def test_sigterm_ends_open_feeds_and_then_the_process(environment, eventually):
    command = [sys.executable, "-m", "pulso_trends"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)  # noqa: ASYNC220 - returns at once
    try:
        url = f"http://127.0.0.1:{environment['PULSO_PORT']}"
        async with httpx.AsyncClient(base_url=url) as client:

            async def ready():
                try:
                    return (await client.get("/readyz")).status_code == 200
                except httpx.ConnectError:
                    return False

            await eventually(ready)
            async with client.stream("GET", "/live", timeout=20) as feed:
                chunks = feed.aiter_bytes()
                await anext(chunks)
                process.send_signal(signal.SIGTERM)
                async for _ in chunks:
                    pass
        assert await asyncio.to_thread(process.wait, 20) == 0
    finally:
        process.kill()


def test_a_wrong_setting_is_named_and_refused(environment):
    ended = subprocess.run(
        [sys.executable, "-m", "pulso_trends"],
        env=environment | {"PULSO_DATABASE_URL": "mysql://secret@host/db"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 2
    assert "PULSO_DATABASE_URL" in ended.stderr
    assert "secret" not in ended.stderr


def test_recount_is_a_command_whose_status_tells_of_wrong_cells(environment, database_url, scored):
    asyncio.run(with_one_wrong_cell(database_url, scored(region="Lima")))

    def recount(*options):
        command = [sys.executable, "-m", "pulso_trends", "recount", *options]
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return ended.returncode, json.loads(ended.stdout)

    code, outcome = recount()
    assert (code, outcome["items"], outcome["wrong_cells"], outcome["repaired"]) == (1, 1, 1, False)
    code, outcome = recount("--repair")
    assert (code, outcome["repaired"]) == (0, True)


async def with_one_wrong_cell(url, event):
    database = Database(url, application="pulso-trends-tests")
    await migrate(database)
    await index(database, [event])
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE rollup SET negative = 7 WHERE cuboid = 0 AND grain = 0"))
    await database.close()
