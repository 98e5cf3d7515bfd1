"""The pods of the chart as processes of this machine, with its variables and as much time to end."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
from pulso_kit.context import INTERNAL_TOKEN_HTTP_HEADER

from charts.tests.rendering import SERVICES, pods, render
from tests.faults.stack import eventually
from tests.fixtures.valkey_server import free_port

START_SECONDS = 240.0
"""Many start at once, maybe beside other tests."""
ADMIN_KEY = "pulso_abcdefgh_" + "x" * 40
INTERNAL_TOKEN = "t" * 48
CUSTOMER_KEY = "c" * 48

DUMMY = {"PULSO_MODEL": "dummy"}
"""The image brings the model that ships; this one costs nothing."""

Specs = dict[str, Any]
"""The specs of pods by component, as Helm's own engine renders them."""


def specs(values: dict[str, Any]) -> Specs:
    """The chart with some values."""
    return {
        component: pod["spec"]
        for component, pod in pods(render(values))
        if pod["spec"]["containers"][0]["name"] in SERVICES
    }


DEFAULTS = specs({})


class Pod:
    """One pod. The time to end starts when the process is told to: after the sleep of preStop."""

    def __init__(
        self,
        component: str,
        folder: Path,
        wiring: dict[str, str],
        *,
        chart: Specs = DEFAULTS,
        code: Path | None = None,
        beside: dict[str, str] | None = None,
    ) -> None:
        """Nothing runs yet.

        Args:
            component: As the chart calls it.
            folder: For its log, and its data where it has some.
            wiring: What other components and the stores are called here: values of variables of the chart.
            chart: As it is rendered.
            code: Where the packages are; by default those of this tree.
            beside: What the image or a value that is not set by default adds.
        """
        spec = chart[component]
        (container,) = spec["containers"]
        sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
        self.component = component
        self.seconds_to_end: float = spec["terminationGracePeriodSeconds"] - sleep
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._package = f"pulso_{container['name']}"
        self._log = folder / f"{component}-{self.port}.log"
        own = {"PULSO_HOST": "127.0.0.1", "PULSO_PORT": str(self.port), "PULSO_DATA_DIR": str(folder)}
        names = {one["name"] for one in container["env"]}
        told = {one["name"]: one["value"] for one in container["env"] if "value" in one}
        told |= {name: value for name, value in (wiring | own).items() if name in names}
        assert set(told) == names, f"not wired: {names - set(told)}"
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("PULSO_", "OPENAI_"))
        }
        self._environment = kept | told | (beside or {}) | ({"PYTHONPATH": str(code)} if code else {})
        self._process: subprocess.Popen[bytes] | None = None

    def client(self, **options: Any) -> httpx.AsyncClient:
        """Asks this pod alone, as another service would."""
        headers = {INTERNAL_TOKEN_HTTP_HEADER: INTERNAL_TOKEN}
        return httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30, **options)

    def start(self) -> "Pod":
        with self._log.open("ab") as log:
            command = [sys.executable, "-P", "-m", self._package]
            self._process = subprocess.Popen(command, env=self._environment, stdout=log, stderr=log)
        return self

    async def ready(self) -> "Pod":
        async with self.client() as client:

            async def unready() -> str | None:
                assert self.running, self.log
                try:
                    answer = await client.get("/readyz")
                except httpx.TransportError as error:
                    return repr(error)
                return None if answer.is_success else answer.text

            await eventually(unready, START_SECONDS, f"{self.component} is ready")
        return self

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log(self) -> str:
        return f"{self.component}:\n{self._log.read_text()[-4000:]}"

    def tell_to_end(self) -> None:
        """SIGTERM."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)

    async def ended(self) -> None:
        """It ends by itself, cleanly, before Kubernetes would kill it."""
        assert self._process is not None
        try:
            status = await asyncio.to_thread(self._process.wait, self.seconds_to_end)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"did not end in {self.seconds_to_end} s: {self.log}") from None
        assert status == 0, self.log

    async def end(self) -> None:
        self.tell_to_end()
        await self.ended()

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
