"""A real Prometheus that lives in simulated time."""

import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
from pulso_cli.stack.ports import LOOPBACK, free_ports

from bench.autoscaling import remote_write
from monitoring.server import command

_START_SECONDS: Final = 30.0
MIDNIGHT: Final = 1_772_409_600
"""Where simulated time begins; Prometheus takes samples of any time, in their order."""


@dataclass
class Prometheus:
    """Takes samples and answers queries at seconds since `MIDNIGHT`."""

    _command: list[str]
    _client: httpx.Client
    _process: "subprocess.Popen[bytes] | None" = None

    def write(self, samples: Iterable[tuple[bytes, float]], at: float) -> None:
        """Stores values of series, as one scrape would."""
        body = remote_write.request(samples, MIDNIGHT + at)
        self._client.post("/api/v1/write", content=body, headers=remote_write.HEADERS).raise_for_status()

    def ask(self, query: str, at: float) -> float | None:
        """What KEDA and prometheus-adapter read: the one value of an instant query; None without one."""
        answer = self._client.get("/api/v1/query", params={"query": query, "time": str(MIDNIGHT + at)})
        answer.raise_for_status()
        result = answer.json()["data"]["result"]
        return float(result[0]["value"][1]) if result else None

    def start(self) -> None:
        """Starts the process on the data that is there."""
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + _START_SECONDS
        while self._process.poll() is None and time.monotonic() < deadline:
            try:
                if self._client.get("/-/ready").status_code == httpx.codes.OK:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.02)
        raise SystemExit("Prometheus did not become ready.")

    def stop(self) -> None:
        """Ends the process."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


@contextmanager
def running() -> Iterator[Prometheus]:
    """One with no data, which scrapes nothing itself."""
    port = free_ports(1)[0]
    with (
        tempfile.TemporaryDirectory(prefix="pulso-bench-") as folder,
        httpx.Client(base_url=f"http://{LOOPBACK}:{port}") as client,
    ):
        configuration = Path(folder) / "prometheus.yml"
        configuration.write_text("{}")
        flags = command(Path(folder) / "data", port=port, configuration=configuration)
        prometheus = Prometheus([*flags, "--web.enable-remote-write-receiver"], client)
        prometheus.start()
        try:
            yield prometheus
        finally:
            prometheus.stop()
