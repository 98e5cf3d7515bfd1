"""Models whose faults a test decides, and running engines."""

import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest
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


@pytest.fixture
def faulty_model() -> FaultyModel:
    return FaultyModel()


@pytest.fixture
def make_engine(faulty_model: FaultyModel) -> EngineFactory:
    def make(batch_tokens: int = 1_024, tokens_per_second: float = 10_000) -> Engine:
        return Engine(faulty_model, Capacity(batch_tokens, tokens_per_second))

    return make
