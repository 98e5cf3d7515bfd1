"""Models whose faults a test decides, and running engines."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx
import numpy as np
import pytest
from pulso_cli.stack.ports import free_ports
from pulso_sentiment.engine import Capacity, Engine
from pulso_sentiment.model import Answers, Tokenised, Tokens
from pulso_sentiment.model.dummy import DummyModel

POISON = "veneno"
NONSENSE = "disparate"
EngineFactory = Callable[..., Engine]


class FaultyModel(DummyModel):
    """The dummy, but it fails as told, waits as told, and remembers its batches."""

    def __init__(self) -> None:
        super().__init__()
        self.batches: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()
        self.broken = False
        self.poison, self.nonsense = super().tokenise([f"{POISON} {NONSENSE}"])[0].windows[0].ids

    def tokenise(self, texts: Sequence[str]) -> list[Tokenised]:
        if any("mal-tokenizado" in text for text in texts):
            raise ValueError("a tokeniser that chokes")
        return super().tokenise(texts)

    def forward(self, batch: Sequence[Tokens]) -> Answers:
        self.entered.set()
        assert self.gate.wait(20)
        self.batches.append(len(batch))
        if self.broken or any(self.poison in tokens.ids for tokens in batch):
            raise RuntimeError("a runtime that raises")
        if any(self.nonsense in tokens.ids for tokens in batch):
            return super().forward(batch)._replace(sentiment=np.full((len(batch), 3), np.nan, np.float32))
        return super().forward(batch)

    def warmup(self) -> None:
        if self.broken:
            raise RuntimeError("a runtime that is gone")


class Service:
    """The service as a process; its address, its log and its end."""

    def __init__(self, log: Path, *command: str, **settings: str) -> None:
        self.log = log
        self.port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{self.port}"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PULSO_")}
        told = {"port": str(self.port), **settings}
        environment |= {f"PULSO_{name.upper()}": value for name, value in told.items()}
        with log.open("wb") as file:
            self.process = subprocess.Popen(
                [sys.executable, *(command or ("-m", "pulso_sentiment"))],
                env=environment,
                stdout=file,
                stderr=file,
                cwd=log.parent,
            )

    def wait_until_ready(self) -> "Service":
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            assert self.process.poll() is None
            try:
                if httpx.get(f"{self.url}/readyz").status_code == 200:
                    return self
            except httpx.TransportError:
                pass
            time.sleep(0.05)
        raise AssertionError("not ready within a minute")


@pytest.fixture
def start(tmp_path: Path):
    services: list[Service] = []

    def run(*command: str, **settings: str) -> Service:
        services.append(Service(tmp_path / f"{len(services)}.log", *command, **settings))
        return services[-1]

    yield run
    for service in services:
        service.process.kill()
        service.process.wait()


@pytest.fixture
def faulty_model() -> FaultyModel:
    return FaultyModel()


@pytest.fixture
def make_engine(faulty_model: FaultyModel) -> EngineFactory:
    def make(batch_tokens: int = 1_024, tokens_per_second: float = 10_000) -> Engine:
        return Engine(faulty_model, Capacity(batch_tokens, tokens_per_second))

    return make
