"""The drill of docs/backup.md: saved under load by the chart's job, destroyed, restored by another.

Each item accepted before the backup is in trends once; of those accepted meanwhile some may be; of those
accepted later none is.
"""

import asyncio
import shutil
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from pulso_contracts.events import SCORED_STREAM, TRENDS_GROUP
from pulso_gateway.domain.api_keys import Role
from pulso_gateway.domain.key_record import KeyRecord
from pulso_gateway.store.keys import KeyStore
from pulso_gateway.store.migrate import SCRIPTS as GATEWAY_SCRIPTS
from pulso_insights.store.migrate import SCRIPTS as INSIGHTS_SCRIPTS
from pulso_kit.database import Database
from pulso_streams import Stream, backlog, connect

from tests.faults.importing import Importer, items
from tests.faults.outcome import Trends, assert_drained, assert_rollups_are_right
from tests.faults.stack import Stack, eventually
from tests.fixtures.backup_jobs import BackupJobs
from tests.fixtures.postgres import PostgresServer

pytestmark = [pytest.mark.slow, pytest.mark.faults, pytest.mark.timeout(500)]

UPLOADED = 1_000
BEFORE, MEANWHILE, LATER = range(600), range(600, 900), range(900, 1_000)
"""Items accepted before the backup began, while it was made, and after it."""
SECONDS = 120.0


@pytest.fixture
def stacks() -> Iterator[list[Stack]]:
    """Those of the test, which end with it."""
    stacks: list[Stack] = []
    yield stacks
    for stack in stacks:
        stack.stop()


def new_place(stacks: list[Stack], postgres: PostgresServer, folder: Path) -> tuple[Stack, BackupJobs]:
    """Empty stores, and a stack that has not been started."""
    databases = {service: postgres.create_database() for service in ("gateway", "trends", "insights")}
    stack = Stack(folder, databases["trends"], "dummy")
    stacks.append(stack)
    return stack, BackupJobs(folder.parent, folder, postgres, stack.valkey, databases)


async def fill(databases: dict[str, str]) -> KeyRecord:
    """The tables of gateway and insights, and a key."""
    record = KeyRecord("abcdefgh", "encuestas", Role.READER, "digest", datetime.now(UTC), "admin")
    for service, scripts in (("gateway", GATEWAY_SCRIPTS), ("insights", INSIGHTS_SCRIPTS)):
        database = Database(databases[service], application="drill")
        await database.migrate(scripts)
        if service == "gateway":
            await KeyStore(database).add(record)
        await database.close()
    return record


async def save_under_load(stack: Stack, jobs: BackupJobs) -> dict[str, str]:
    """Runs the backup while work waits at each step of the way and goes on; returns the ids of items."""
    live = items("live", LATER.stop)
    client, importer = httpx.AsyncClient(base_url=stack.trends.url, timeout=15), Importer(stack.ingest.url)
    trends = Trends(client)
    streams = connect(stack.valkey.url)

    async def none_indexed() -> object:
        status = await trends.status()
        return None if status["items"] > 50 else status

    async def none_waiting() -> object:
        found = await backlog(streams, Stream(SCORED_STREAM), TRENDS_GROUP)
        return None if found.length > 50 else found

    async def none_imported() -> object:
        return None if importer.imported else "no row"

    try:
        await importer.send_batches(live[: BEFORE.stop // 2])
        await eventually(none_indexed, SECONDS, "items are indexed")
        stack.indexer.hold()
        await importer.send_batches(live[BEFORE.stop // 2 : BEFORE.stop])
        await eventually(none_waiting, SECONDS, "scored items wait")
        upload = asyncio.create_task(importer.import_file(items("upload", UPLOADED)))
        await eventually(none_imported, SECONDS, "the import has begun")
        stack.ingest.hold()
        await succeed(jobs, "save-uploads")
        stack.ingest.release()
        meanwhile = asyncio.create_task(importer.send_batches(live[MEANWHILE.start : MEANWHILE.stop]))
        await succeed(jobs, "save-streams")
        stack.indexer.release()
        # Now items are in the saved streams and in the database.
        await eventually(lambda: none_new(trends), SECONDS, "the indexer went on")
        await succeed(jobs, "save-databases")
        await asyncio.gather(meanwhile, upload)
        await importer.send_batches(live[LATER.start :])
        return importer.accepted
    finally:
        await client.aclose()
        await importer.close()
        await streams.aclose()


async def none_new(trends: Trends) -> object:
    status = await trends.status()
    return None if status["items"] > BEFORE.stop else status


async def succeed(jobs: BackupJobs, container: str) -> None:
    done = await asyncio.to_thread(jobs.run, container)
    assert done.returncode == 0, (container, done.stdout, done.stderr)


async def refusal(jobs: BackupJobs, container: str, **settings: str) -> str:
    done = await asyncio.to_thread(jobs.run, container, **settings)
    assert done.returncode == 1
    return done.stderr


async def test_what_was_accepted_before_a_backup_is_there_once_after_a_restore(
    stacks: list[Stack], postgres: PostgresServer, tmp_path: Path
):
    stack, jobs = new_place(stacks, postgres, tmp_path / "old")
    key = await fill(jobs.databases)
    stack.start()
    await stack.ready()
    accepted = await save_under_load(stack, jobs)
    (uploads,) = jobs.backups.glob("20*Z/uploads.tar")
    with tarfile.open(uploads) as saved:
        assert [name for name in saved.getnames() if name.endswith("/upload")], "no import was under way"

    assert "connected to the database of trends" in await refusal(jobs, "restore-check", PARTS="trends")
    assert "connected to Valkey" in await refusal(jobs, "restore-streams")
    stack.stop()
    for part in ("gateway", "trends", "insights"):
        assert f"database of {part} is not empty" in await refusal(jobs, "restore-check", PARTS=part)
    shutil.rmtree(stack.valkey.folder)
    for url in jobs.databases.values():
        postgres.drop_database(url)

    fresh, onto = new_place(stacks, postgres, tmp_path / "new")
    onto.uploads.mkdir()
    fresh.valkey.start()
    await asyncio.to_thread(onto.run_all, "restore")
    gateway = Database(onto.databases["gateway"], application="drill")
    assert await KeyStore(gateway).find(key.id) == key
    await gateway.close()
    fresh.start_services()
    await fresh.ready()
    await assert_imported(fresh)
    await assert_drained(fresh.valkey.url)
    async with httpx.AsyncClient(base_url=fresh.trends.url, timeout=15) as client:
        trends = Trends(client)
        found, uploaded = await trends.listed("live"), await trends.listed("upload")
    numbers = sorted(int(item["external_id"]) for item in found)
    assert len(numbers) == len(set(numbers))
    assert set(BEFORE) <= set(numbers) <= {*BEFORE, *MEANWHILE}
    assert all(accepted[item["external_id"]] == item["id"] for item in found)
    assert sorted(int(item["external_id"]) for item in uploaded) == list(range(UPLOADED))
    await assert_rollups_are_right(fresh.database_url, items=len(found) + UPLOADED)


async def assert_imported(stack: Stack) -> None:
    """The import that was under way comes to its end."""
    async with httpx.AsyncClient(base_url=stack.ingest.url) as ingest:

        async def unfinished() -> object:
            (job,) = (await ingest.get("/imports")).raise_for_status().json()["items"]
            return None if job["state"] == "completed" else job

        await eventually(unfinished, SECONDS, "the import is finished")
