"""Whole stacks as users run them: `pulso up` as a process, asked over HTTP and by the command line."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from pulso_cli.stack.ports import free_ports

READY_SECONDS = 120.0


def _hear_ctrl_c() -> None:
    """Tests that run in the background of a shell inherit that Ctrl-C is ignored; a user's stack does not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def clean_environment(**added: str) -> dict[str, str]:
    """The environment without settings of the developer's own, wide enough for tables."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("PULSO_")}
    return {**own, "COLUMNS": "160", **added}


def pulso(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs the command and returns its exit code and what it printed."""
    command = [sys.executable, "-m", "pulso_cli", *arguments]
    env = clean_environment(**environment)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=100, env=env)


def eventually(condition: Callable[[], Any], seconds: float = 60.0) -> Any:
    """The first true value of the condition."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.05)
    return value


class Stack:
    """One `pulso up` on a data directory of its own; its model needs no weights unless told otherwise."""

    def __init__(self, root: Path, *options: str, model: str | None = "dummy", **environment: str) -> None:
        self.root = root
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        self.output = root.parent / f"{root.name}.out"
        command = [sys.executable, "-m", "pulso_cli", "up", "--port", str(self.port), "--data-dir", str(root)]
        env = clean_environment(**({"PULSO_MODEL": model} if model else {}), **environment)
        with self.output.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *options],
                stdout=output,
                stderr=output,
                env=env,
                preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - one system call, which takes no lock
            )

    def wait(self) -> "Stack":
        eventually(self._is_ready, READY_SECONDS)
        return self

    def printed(self, words: str, *, times: int = 1, seconds: float = READY_SECONDS) -> str:
        """Everything it has printed, once the words are in it so many times."""

        def seen() -> bool:
            assert self.process.poll() is None, self.output.read_text()
            return self.output.read_text().count(words) >= times

        eventually(seen, seconds)
        return self.output.read_text()

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()
        try:
            return httpx.get(f"{self.url}/readyz", timeout=5).status_code == 200
        except httpx.TransportError:
            return False

    @property
    def key(self) -> str:
        return (self.root / "api-key").read_text().strip()

    @property
    def state(self) -> dict[str, Any]:
        return json.loads((self.root / "stack.json").read_text())

    def api(self, key: str | None = None) -> httpx.Client:
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return httpx.Client(base_url=f"{self.url}/api/v1", headers=headers, timeout=30)

    def answer_to(self, key: str) -> int:
        """The status that a request with this key gets."""
        with self.api(key) as api:
            return api.get("/trends/status").status_code

    def indexed(self) -> int | None:
        """Items in trends, None while trends is being started anew."""
        with self.api() as api:
            answer = api.get("/trends/status")
        return None if answer.status_code == 503 else answer.raise_for_status().json()["items"]

    def pulso(self, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return pulso(*command.split(), "--data-dir", str(self.root), *arguments)

    def processes(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)


@pytest.fixture
def start(tmp_path) -> Iterator[Callable[..., Stack]]:
    """Starts stacks of the test's own, which end with it."""
    started: list[Stack] = []

    def start(name: str = "stack", *options: str, **settings: str | None) -> Stack:
        started.append(Stack(tmp_path / name, *(options or ("--no-sample",)), **settings))
        return started[-1]

    yield start
    for stack in started:
        stack.kill()


@pytest.fixture(scope="session")
def stack(tmp_path_factory) -> Iterator[Stack]:
    """One stack that many tests may use at a time: each brings products of its own."""
    stack = Stack(tmp_path_factory.mktemp("stack") / "data", "--no-sample")
    try:
        yield stack.wait()
    finally:
        assert stack.stop() == 0, stack.output.read_text()


@pytest.fixture(scope="session")
def new_stack() -> type[Stack]:
    """To start stacks that a whole module shares."""
    return Stack


@pytest.fixture(name="pulso", scope="session")
def pulso_fixture() -> Callable[..., subprocess.CompletedProcess[str]]:
    return pulso


@pytest.fixture(name="eventually", scope="session")
def eventually_fixture() -> Callable[..., Any]:
    return eventually
