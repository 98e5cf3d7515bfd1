"""Valkey, ingest, sentiment and trends as processes of their own; each may be killed at any moment."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import httpx

from tests.fixtures.valkey_server import ValkeyProcess, free_port

START_SECONDS = 60.0
CLAIM_IDLE_SECONDS = 1.0
"""What a killed worker held is taken over after this; 15 in production."""

VICTIMS = ("sentiment", "indexer", "ingest", "valkey")


async def eventually(condition: Callable[[], Awaitable[object]], seconds: float, what: str) -> None:
    """Asks again and again until nothing is left to wait for: until the condition returns None."""
    deadline = time.monotonic() + seconds
    while (awaited := await condition()) is not None:
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}; {awaited}"
        await asyncio.sleep(0.02)


class Service:
    """One service process; `kill` and `start` may follow each other as often as one likes."""

    def __init__(self, name: str, package: str, folder: Path, settings: dict[str, str]) -> None:
        self.name = name
        self.url = f"http://127.0.0.1:{(port := free_port())}"
        self.log = folder / f"{name}.log"
        self._package = package
        own = {name: value for name, value in os.environ.items() if not name.startswith("PULSO_")}
        self._environment = own | settings | {"PULSO_PORT": str(port)}
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._package], env=self._environment, stdout=log, stderr=log
            )

    def kill(self) -> None:
        """SIGKILL: no goodbye, nothing finished, nothing released."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def hold(self) -> None:
        """SIGSTOP: it stands where it is until `release`."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def release(self) -> None:
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def check(self) -> None:
        """A service that ended without being killed could not bear what happened to another."""
        ended = None if self._process is None else self._process.poll()
        assert ended is None, f"{self.name} ended by itself ({ended}):\n{self.log.read_text()[-4000:]}"

    async def unready(self) -> str | None:
        """What it waits for; None when it serves."""
        self.check()
        async with httpx.AsyncClient(base_url=self.url) as client:
            try:
                answer = await client.get("/readyz")
            except httpx.TransportError as error:
                return repr(error)
        return None if answer.is_success else answer.text


class Stack:
    """The way of feedback from ingest to trends. The indexer is a process apart from the API of trends."""

    def __init__(self, folder: Path, database_url: str, model: str | None) -> None:
        """`model` as in `PULSO_MODEL`, None for the one that ships."""
        self.database_url = database_url
        self.valkey = ValkeyProcess(folder / "valkey")
        shared = {
            "PULSO_REDIS_URL": self.valkey.url,
            "PULSO_STREAM_CLAIM_IDLE_SECONDS": str(CLAIM_IDLE_SECONDS),
        }
        importing = shared | {"PULSO_DATA_DIR": str(folder), "PULSO_IMPORT_CHUNK_ROWS": "100"}
        trends = shared | {"PULSO_DATABASE_URL": database_url}
        self.ingest = Service("ingest", "pulso_ingest", folder, importing)
        self.sentiment = Service(
            "sentiment", "pulso_sentiment", folder, shared | ({"PULSO_MODEL": model} if model else {})
        )
        self.indexer = Service("indexer", "pulso_trends", folder, trends | {"PULSO_ROLE": "indexer"})
        self.trends = Service("trends", "pulso_trends", folder, trends | {"PULSO_ROLE": "api"})

    @property
    def services(self) -> list[Service]:
        return [self.ingest, self.sentiment, self.indexer, self.trends]

    def start(self) -> None:
        self.valkey.start()
        self.start_services()

    def start_services(self) -> None:
        for service in self.services:
            service.start()

    async def ready(self) -> None:
        for service in self.services:
            await eventually(service.unready, START_SECONDS, f"{service.name} is ready")

    async def strike(self, victims: Sequence[str], apart: float) -> None:
        """Kills some of `VICTIMS`, one `apart` seconds after the other, then starts them again at once."""
        for service in self.services:
            service.check()
        processes = [self._process(victim) for victim in victims]
        for number, process in enumerate(processes):
            await asyncio.sleep(apart if number else 0)
            process.kill()
        for process in processes:
            await asyncio.to_thread(process.start)

    def _process(self, victim: str) -> Service | ValkeyProcess:
        services: dict[str, Service | ValkeyProcess] = {service.name: service for service in self.services}
        return (services | {"valkey": self.valkey})[victim]

    def stop(self) -> None:
        for service in self.services:
            service.kill()
        self.valkey.kill()
