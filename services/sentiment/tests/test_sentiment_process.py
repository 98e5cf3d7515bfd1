"""The service as a process: start, readiness, refusal to start, clean end, death of the engine."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import psutil
import pytest

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def start(tmp_path: Path):
    processes: list[subprocess.Popen[bytes]] = []

    def run(**settings: str) -> subprocess.Popen[bytes]:
        env = {name: value for name, value in os.environ.items() if not name.startswith("PULSO_")}
        env |= {f"PULSO_{name.upper()}": value for name, value in settings.items()}
        with (tmp_path / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "pulso_sentiment"], env=env, stdout=log, stderr=log, cwd=tmp_path
            )
        processes.append(process)
        return process

    yield run
    for process in processes:
        process.kill()
        process.wait()


def wait_until_ready(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None
        try:
            if httpx.get(f"{url}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("not ready within a minute")


def test_serves_the_default_model_and_ends_cleanly(start, redis_url):
    port = free_port()
    process = start(port=str(port), redis_url=redis_url)
    url = f"http://127.0.0.1:{port}"
    wait_until_ready(url, process)
    answer = httpx.post(f"{url}/sentiment", json={"texts": ["Riquísimo todo, volveré"] * 256}, timeout=60)
    assert {result["sentiment"] for result in answer.json()["results"]} == {"positive"}
    assert psutil.Process(process.pid).memory_info().rss < 500 * 2**20
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


def test_is_not_ready_without_its_stream_but_scores(start):
    port = free_port()
    process = start(port=str(port), redis_url=f"redis://127.0.0.1:{free_port()}/0", model="dummy")
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 60
    checks = None
    while checks is None and time.monotonic() < deadline:
        try:
            checks = httpx.get(f"{url}/readyz").json()["checks"]
        except httpx.TransportError:
            time.sleep(0.05)
    assert checks is not None
    assert checks["stream"] != "ok"
    assert checks["engine"] == "ok"
    assert httpx.get(f"{url}/healthz").status_code == 200
    assert httpx.post(f"{url}/sentiment", json={"texts": ["rico"]}).status_code == 200
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0


@pytest.mark.parametrize(
    ("settings", "status", "reason"),
    [
        ({"model": "no-such-model"}, 3, "neither a model folder nor a hub id"),
        ({"role": "boss"}, 2, "PULSO_ROLE"),
        ({"cached_texts": "-1"}, 2, "PULSO_CACHED_TEXTS"),
    ],
)
def test_refuses_to_start_when_told_wrong(start, tmp_path, settings, status, reason):
    assert start(port=str(free_port()), **settings).wait(60) == status
    assert reason in (tmp_path / "log").read_text()
