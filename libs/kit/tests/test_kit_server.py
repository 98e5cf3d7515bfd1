"""The server as a real process: what an operator sees when it starts, stops and fails."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.fixtures.valkey_server import free_port

PROGRAM = """
import asyncio, os
from contextlib import asynccontextmanager
from fastapi import APIRouter
from fastapi.responses import StreamingResponse
from pulso_kit.app import create_app
from pulso_kit.health import Health
from pulso_kit.server import serve
from pulso_kit.settings import ServiceSettings
from pulso_kit.supervision import supervised

def build(settings):
    health, router = Health(), APIRouter()
    poison = asyncio.Event()

    async def loop():
        draining = asyncio.create_task(health.draining.wait())
        poisoned = asyncio.create_task(poison.wait())
        await asyncio.wait({draining, poisoned}, return_when=asyncio.FIRST_COMPLETED)
        if poison.is_set():
            raise RuntimeError("a secret text")

    @asynccontextmanager
    async def lifespan(app):
        if "PROBE_WAITS" in os.environ:
            try:
                print("waiting", flush=True)
                await asyncio.Event().wait()
            finally:
                print("cleared up", flush=True)
        async with supervised(health, {"worker": loop}, grace_seconds=2):
            yield

    @router.post("/poison")
    async def swallow():
        poison.set()

    @router.get("/items/{number}")
    async def item(number: int):
        return number

    @router.get("/until-the-end")
    async def until_the_end():
        async def body():
            yield b"begun, "
            await health.draining.wait()
            await asyncio.sleep(0.5)  # work that is left
            yield b"answered"
        return StreamingResponse(body())

    @router.post("/broken")
    async def broken():
        raise ValueError("a secret text")

    @router.get("/stream")
    async def stream():
        async def body():
            yield b"first"
            raise ValueError("a secret text")
        return StreamingResponse(body())

    return create_app(service="probe", settings=settings, health=health, routers=[router], lifespan=lifespan)

serve("probe", ServiceSettings, build)
"""


def start(tmp_path: Path, **environment: str) -> subprocess.Popen[str]:
    script = tmp_path / "probe.py"
    script.write_text(PROGRAM)
    return subprocess.Popen(
        [sys.executable, str(script)],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until_ready(port: int) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/readyz").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail("the server did not become ready")


def test_it_counts_by_route_template_and_ends_cleanly_on_sigterm(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, PULSO_PORT=str(port))
    wait_until_ready(port)
    httpx.get(f"http://127.0.0.1:{port}/nowhere/{'x' * 20}")
    httpx.get(f"http://127.0.0.1:{port}/items/904817263550")
    metrics = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert 'handler="/items/{number}"' in metrics
    assert "904817263550" not in metrics + out
    assert "xxxx" not in metrics + out
    assert '"service": "probe"' in out


def test_a_client_that_keeps_its_connection_is_answered_and_told_to_leave(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, PULSO_PORT=str(port))
    wait_until_ready(port)
    limits = httpx.Limits(max_connections=1)
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", limits=limits) as client:
        assert "connection" not in client.get("/items/1").headers
        process.send_signal(signal.SIGTERM)
        while "connection" not in (answer := client.get("/items/2")).headers:
            assert answer.json() == 2
        assert (answer.json(), answer.headers["connection"]) == (2, "close")
        process.communicate(timeout=30)
    assert process.returncode == 0


def test_an_open_request_is_answered_however_often_the_process_is_told_to_end(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, PULSO_PORT=str(port))
    wait_until_ready(port)
    with httpx.stream("GET", f"http://127.0.0.1:{port}/until-the-end", timeout=30) as answer:
        pieces = answer.iter_bytes()
        assert next(pieces) == b"begun, "
        for _ in range(3):
            process.send_signal(signal.SIGTERM)
        assert b"".join(pieces) == b"answered"
    process.communicate(timeout=30)
    assert process.returncode == 0


def test_a_start_that_waits_for_others_is_given_up_on_sigterm(tmp_path: Path) -> None:
    process = start(tmp_path, PULSO_PORT=str(free_port()), PROBE_WAITS="1")
    assert process.stdout is not None
    while "waiting" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "cleared up" in out


def test_a_dead_loop_ends_the_process_with_an_error_and_without_its_message(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, PULSO_PORT=str(port))
    wait_until_ready(port)
    httpx.post(f"http://127.0.0.1:{port}/poison")
    out, err = process.communicate(timeout=30)
    assert process.returncode == 1
    assert "loop.died" in out
    assert "RuntimeError" in out
    assert "a secret text" not in out + err


def test_an_unforeseen_error_is_a_500_that_neither_the_answer_nor_the_log_explains(tmp_path: Path) -> None:
    port = free_port()
    process = start(tmp_path, PULSO_PORT=str(port))
    wait_until_ready(port)
    answer = httpx.post(f"http://127.0.0.1:{port}/broken")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"http://127.0.0.1:{port}/stream")
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:pulso:problem:internal"
    assert answer.headers["x-request-id"] in out
    assert "builtins.ValueError" in out
    assert "a secret text" not in answer.text + out + err


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"PULSO_PORT": "0"}, "PULSO_PORT"),
        ({}, "PULSO_PORT"),
        ({"PULSO_PORT": "8000", "PULSO_ENVIRONMENT": "production"}, "PULSO_INTERNAL_TOKEN"),
        (
            {"PULSO_PORT": "8000", "PULSO_ENVIRONMENT": "production", "PULSO_INTERNAL_TOKEN": "short-secret"},
            "at least 24 characters",
        ),
    ],
)
def test_wrong_settings_refuse_to_start_and_name_the_variable(
    tmp_path: Path, environment: dict[str, str], named: str
) -> None:
    process = start(tmp_path, **environment)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 2
    assert named in err
    assert "short-secret" not in err
