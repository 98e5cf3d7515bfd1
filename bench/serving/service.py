"""The sentiment service as a process of its own, with a Valkey server that syncs every write."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

import httpx
import psutil
from pulso_cli.stack.ports import LOOPBACK, free_ports
from pulso_cli.stack.valkey import server_binary

START_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Service:
    """A running sentiment service."""

    port: int
    redis_url: str
    ready_seconds: float
    """From the start of the process to the first 200 of `/readyz`."""
    process: psutil.Process

    def metric(self, name: str) -> float:
        """The sum of a metric over its labels."""
        lines = httpx.get(f"http://{LOOPBACK}:{self.port}/metrics").text.splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith((f"{name} ", f"{name}{{")))


@contextmanager
def valkey() -> Iterator[str]:
    """A Valkey server in an empty folder; yields its URL."""
    port = free_ports(1)[0]
    with tempfile.TemporaryDirectory(prefix="pulso-bench-") as folder:
        options = [
            "--bind",
            LOOPBACK,
            "--dir",
            folder,
            "--appendonly",
            "yes",
            "--appendfsync",
            "always",
            "--save",
            "",
        ]
        command = [str(server_binary()), "--port", str(port), *options]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
            try:
                yield f"redis://{LOOPBACK}:{port}/0"
            finally:
                process.terminate()


@contextmanager
def sentiment(redis_url: str, **settings: str) -> Iterator[Service]:
    """The service with its default settings, but for `settings`; ended by SIGTERM."""
    port = free_ports(1)[0]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PULSO_")}
    told = {"port": str(port), "redis_url": redis_url, **settings}
    environment |= {f"PULSO_{name.upper()}": value for name, value in told.items()}
    environment["MALLOC_ARENA_MAX"] = "2"  # as in the image and under `pulso up`
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.TemporaryFile())
        command = [sys.executable, "-m", "pulso_sentiment"]
        started = time.monotonic()
        process = stack.enter_context(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        stack.callback(process.terminate)
        _wait_until_ready(process, port)
        yield Service(port, redis_url, time.monotonic() - started, psutil.Process(process.pid))


@contextmanager
def running(**settings: str) -> Iterator[Service]:
    """Both."""
    with valkey() as url, sentiment(url, **settings) as service:
        yield service


def _wait_until_ready(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            if httpx.get(f"http://{LOOPBACK}:{port}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.02)
    raise SystemExit("The sentiment service did not become ready.")
