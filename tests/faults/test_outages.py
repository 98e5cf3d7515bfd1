"""One dependency is away: what needs it is refused with a clear error, all else goes on, nothing is lost.

The table in docs/operations.md says the same in words.
"""

import asyncio
import itertools
import signal
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import psutil
import pytest

from tests.faults.stack import CLAIM_IDLE_SECONDS, START_SECONDS, Service, eventually
from tests.fixtures.postgres import PostgresServer
from tests.fixtures.valkey_server import ValkeyProcess

ADMIN_KEY = "pulso_abcdefgh_" + "a" * 40
DRAIN_SECONDS = 30.0
LONGEST_ANSWER_SECONDS = 20.0
"""A refusal that takes longer is a hang to whoever waits for it."""

Answers = dict[str, int]
USUAL: Answers = {
    "feedback": 202,
    "sentiment": 200,
    "series": 200,
    "progress": 200,
    "brief": 201,
    "keys": 200,
    "page": 200,
}


class Platform:
    """All five services, behind the gateway as users see them."""

    def __init__(self, folder: Path, postgres: PostgresServer) -> None:
        self.postgres = postgres
        self.valkey = ValkeyProcess(folder / "valkey")
        shared = {
            "PULSO_REDIS_URL": self.valkey.url,
            "PULSO_STREAM_CLAIM_IDLE_SECONDS": str(CLAIM_IDLE_SECONDS),
            "PULSO_MODEL": "dummy",
            "PULSO_DATA_DIR": str(folder),
            "PULSO_ADMIN_KEY": ADMIN_KEY,
            "PULSO_READY_REQUIRES": "",
        }

        def service(name: str, *callees: Service, database: bool = False) -> Service:
            urls = {f"PULSO_{callee.name.upper()}_URL": callee.url for callee in callees}
            if database:
                urls["PULSO_DATABASE_URL"] = postgres.create_database()
            return Service(name, f"pulso_{name}", folder, shared | urls)

        ingest, sentiment = service("ingest"), service("sentiment")
        trends = service("trends", sentiment, database=True)
        insights = service("insights", trends, database=True)
        self.gateway = service("gateway", ingest, sentiment, trends, insights, database=True)
        self.services = {each.name: each for each in (ingest, sentiment, trends, insights, self.gateway)}
        self.accepted = 0
        self._numbers = itertools.count()
        self._key = ADMIN_KEY

    async def ready(self) -> None:
        for service in self.services.values():
            await eventually(service.unready, START_SECONDS, f"{service.name} is ready")
        if self._key == ADMIN_KEY:  # which no database has to vouch for
            async with self._client() as client:
                made = await client.post("/api/v1/keys", json={"name": "outages", "role": "admin"})
            self._key = made.json()["key"]

    def _client(self) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self._key}"}
        return httpx.AsyncClient(base_url=self.gateway.url, headers=headers, timeout=LONGEST_ANSWER_SECONDS)

    @contextmanager
    def without(self, name: str) -> Iterator[None]:
        """Ends a dependency and starts it again after."""
        if name == "valkey that hangs":
            process = psutil.Process(self.valkey.pid)
            stop, start = process.suspend, process.resume
        elif name == "postgresql":
            stop, start = partial(self.postgres.stop, signal.SIGQUIT), self.postgres.start
        else:
            dependency = self.valkey if name == "valkey" else self.services[name]
            stop, start = dependency.kill, dependency.start
        stop()
        try:
            yield
        finally:
            start()

    async def answers(self) -> Answers:
        """What each door answers, all asked at the same time."""
        number = next(self._numbers)
        item = {"text": f"Rico el ceviche número {number}", "channel": "chat", "product": "outages"}
        async with self._client() as client:
            api = "/api/v1"
            asked: dict[str, Awaitable[httpx.Response]] = {
                "feedback": client.post(f"{api}/feedback", json=item),
                "sentiment": client.post(f"{api}/sentiment", json={"texts": [f"Qué rico {number}"]}),
                "series": client.get(f"{api}/trends/sentiment"),
                "progress": client.get(f"{api}/trends/status"),
                "brief": client.post(f"{api}/insights", json={"scope": {}, "audience": "product"}),
                "keys": client.get(f"{api}/keys"),
                "page": client.get("/"),
            }
            answers = dict(zip(asked, await asyncio.gather(*asked.values()), strict=True))
        for door, answer in answers.items():
            if answer.status_code >= 500:
                problem = answer.json()
                assert problem["detail"], door
                assert "127.0.0.1" not in answer.text, "an address of the inside was told"
        self.accepted += answers["feedback"].status_code == 202
        return {door: answer.status_code for door, answer in answers.items()}

    async def missing(self) -> str | None:
        """How many accepted items are not in trends; None when all are."""
        async with httpx.AsyncClient(base_url=self.services["trends"].url, timeout=15) as client:
            status = (await client.get("/trends/status")).json()
            series = await client.get("/trends/sentiment", params={"product": "outages"})
        counted = sum(each["total"]["count"] for each in series.json()["series"])
        if (status["unscored"], status["waiting"]) == (0, 0) and counted >= self.accepted:
            return None
        return f"{counted} of {self.accepted}"


#: The doors that are closed while a dependency is away.
OUTAGES = {
    "valkey": {"feedback"},
    "valkey that hangs": {"feedback"},
    "postgresql": {"series", "progress", "brief", "keys"},
    "ingest": {"feedback"},
    "sentiment": {"sentiment"},
    "trends": {"series", "progress", "brief"},
    "insights": {"brief"},
}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Platform]:
    platform = Platform(tmp_path_factory.mktemp("platform"), postgres)
    try:
        platform.valkey.start()
        for service in platform.services.values():
            service.start()
        yield platform
    finally:
        for service in platform.services.values():
            service.kill()
        platform.valkey.kill()


@pytest.mark.faults
@pytest.mark.slow
@pytest.mark.timeout(120)
@pytest.mark.parametrize("dependency", OUTAGES)
async def test_only_what_needs_it_is_refused_and_nothing_is_lost(platform: Platform, dependency: str):
    await platform.ready()
    assert await platform.answers() == USUAL
    with platform.without(dependency):
        assert await platform.answers() == USUAL | dict.fromkeys(OUTAGES[dependency], 503)
    await platform.ready()
    assert await platform.answers() == USUAL
    await eventually(platform.missing, DRAIN_SECONDS, "all accepted items are in trends")
