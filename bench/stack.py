"""A fresh stack of its own for a benchmark, and the memory of its processes."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil
from pulso_cli.gateway import Gateway
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.ports import free_ports
from pulso_cli.stack.state import StackState, running_stack
from pulso_cli.target import local_gateway

_START_SECONDS = 180.0


@dataclass(frozen=True)
class BenchStack:
    """A running `pulso up`."""

    layout: Layout
    state: StackState
    ready_seconds: float
    """From the start of the command to the first 200 of the gateway's `/readyz`."""

    def gateway(self) -> Gateway:
        """A client with the admin key."""
        return local_gateway(self.layout, self.state)

    def processes(self) -> dict[str, psutil.Process]:
        """The processes of the stack by name, the supervisor too."""
        state = running_stack(self.layout) or self.state
        pids = {"supervisor": state.pid, **{each.name: each.pid for each in state.processes if each.pid}}
        return {name: psutil.Process(pid) for name, pid in pids.items()}


@contextmanager
def data_directory() -> Iterator[Layout]:
    """A data directory that is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="pulso-bench-"))
    try:
        yield Layout.at(folder)
    finally:
        shutil.rmtree(folder)


@contextmanager
def running(layout: Layout, **environment: str) -> Iterator[BenchStack]:
    """`pulso up --no-sample` on a free port, stopped by SIGTERM at the end; with these variables too."""
    command = ["up", "--no-sample", "--port", str(free_ports(1)[0]), "--data-dir", str(layout.root)]
    started = time.monotonic()
    with subprocess.Popen(
        [sys.executable, "-m", "pulso_cli", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **environment},
    ) as process:
        try:
            state = _wait_until_ready(process, layout, started + _START_SECONDS)
            yield BenchStack(layout, state, time.monotonic() - started)
        finally:
            process.terminate()


def _wait_until_ready(process: subprocess.Popen[bytes], layout: Layout, deadline: float) -> StackState:
    while process.poll() is None and time.monotonic() < deadline:
        state = running_stack(layout)
        if state is not None and state.ready:
            return state
        time.sleep(0.02)
    raise SystemExit(f"The stack did not become ready; see {layout.root / 'logs'}.")


@dataclass
class PeakMemory:
    """Watches the resident memory of processes while its block runs, ten times a second."""

    stack: BenchStack
    peaks: dict[str, int] = field(default_factory=dict)
    """The most bytes that each process held."""
    total: int = 0
    """The most bytes that all held at one moment."""

    def __enter__(self) -> Self:
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        processes = self.stack.processes()
        while True:
            now = {}
            for name, process in processes.items():
                with suppress(psutil.NoSuchProcess):
                    now[name] = process.memory_info().rss
            self.peaks = {name: max(self.peaks.get(name, 0), now.get(name, 0)) for name in processes}
            self.total = max(self.total, sum(now.values()))
            if self._done.wait(0.1):
                return
