"""A real ingest process before a real Valkey server."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from pulso_contracts.events import FeedbackReceived
from pulso_contracts.imports import ImportJob, ImportState
from pulso_streams.message import Message
from redis import Redis

from tests.fixtures.valkey_server import ValkeyProcess, free_port

PATIENCE_SECONDS = 40.0
SHARDS = 4


class Ingest:
    """The service as a process, with a client for it."""

    def __init__(self, folder: Path, redis_url: str, **settings: object) -> None:
        self.port = free_port()
        self.data_dir = folder / "data"
        self.log = folder / "ingest.log"
        self.redis_url = redis_url
        self._environment = os.environ | {
            "PULSO_PORT": str(self.port),
            "PULSO_REDIS_URL": redis_url,
            "PULSO_DATA_DIR": str(self.data_dir),
            **{f"PULSO_{name.upper()}": str(value) for name, value in settings.items()},
        }
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=PATIENCE_SECONDS)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "-m", "pulso_ingest"],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        wait_until(self._answers, "ingest answers")

    def kill(self) -> None:
        """SIGKILL: no goodbye."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """SIGTERM, and the time to end well."""
        assert self.process is not None
        self.process.terminate()
        self.process.wait(timeout=PATIENCE_SECONDS)

    def close(self) -> None:
        self.client.close()
        if self.process is not None and self.process.poll() is None:
            self.kill()

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.client.get("/healthz").status_code == 200
        except httpx.TransportError:
            return False

    def published(self) -> list[FeedbackReceived]:
        """All events in the stream, in no certain order."""
        with Redis.from_url(self.redis_url) as redis:
            entries = [entry for shard in range(SHARDS) for _, entry in redis.xrange(f"feedback:{{{shard}}}")]
        return [FeedbackReceived.model_validate_json(Message.decoded(entry).body) for entry in entries]

    def upload(self, content: bytes, filename: str = "file.csv", **options: object) -> ImportJob:
        """Uploads a file and waits until its job has ended."""
        return self.ended(self.queue(content, filename, **options).id)

    def queue(self, content: bytes, filename: str = "file.csv", **options: object) -> ImportJob:
        """Uploads a file."""
        response = self.client.post("/imports", params={"filename": filename, **options}, content=content)
        assert response.status_code == 202, response.text
        return ImportJob.model_validate(response.json())

    def job(self, job_id: str) -> ImportJob:
        return ImportJob.model_validate(self.client.get(f"/imports/{job_id}").raise_for_status().json())

    def ended(self, job_id: str) -> ImportJob:
        """The job once it has completed or failed."""
        last: list[ImportJob] = []

        def has_ended() -> bool:
            last[:] = [self.job(job_id)]
            return last[0].state in (ImportState.COMPLETED, ImportState.FAILED)

        wait_until(has_ended, "the import ends")
        return last[0]


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


@pytest.fixture
def wait() -> Callable[[Callable[[], object], str], None]:
    """Polls a condition until it holds, or fails after a deadline."""
    return wait_until


@pytest.fixture(scope="session")
def session_ingest(tmp_path_factory: pytest.TempPathFactory, valkey: ValkeyProcess) -> Iterator[Ingest]:
    ingest = Ingest(
        tmp_path_factory.mktemp("ingest"),
        valkey.url,
        max_import_bytes=2_000_000,
        max_expanded_bytes=400_000_000,
    )
    ingest.start()
    yield ingest
    ingest.close()


@pytest.fixture
def ingest(session_ingest: Ingest, redis_url: str) -> Ingest:
    """The session's process, in front of an emptied stream."""
    assert redis_url == session_ingest.redis_url
    return session_ingest


@pytest.fixture
def client(ingest: Ingest) -> httpx.Client:
    return ingest.client


@pytest.fixture
def start_ingest(tmp_path: Path) -> Iterator[Callable[..., Ingest]]:
    """Starts processes of this test alone, which it may kill."""
    started: list[Ingest] = []

    def start(redis_url: str, **settings: object) -> Ingest:
        ingest = Ingest(tmp_path, redis_url, **settings)
        started.append(ingest)
        ingest.start()
        return ingest

    yield start
    for ingest in started:
        ingest.close()
