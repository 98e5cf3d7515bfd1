"""Measured on models whose speed a test decides; the clock is theirs."""

import pytest
from pulso_sentiment.engine import capacity
from pulso_sentiment.engine.capacity import Capacity, measure
from pulso_sentiment.engine.throughput import Throughput
from pulso_sentiment.metrics import CAPACITY
from pulso_sentiment.model.dummy import DummyModel


class TimedModel(DummyModel):
    """A batch takes a fixed time and one per token; no second passes but on this clock."""

    def __init__(self, fixed: float, per_token: float) -> None:
        super().__init__()
        self.now = 0.0
        self._fixed, self._per_token = fixed, per_token

    def forward(self, batch):
        self.now += self._fixed + self._per_token * sum(len(tokens.ids) for tokens in batch)
        return super().forward(batch)


@pytest.mark.parametrize(
    ("fixed", "per_token", "tokens"),
    [
        (0.005, 9e-5, 1_024),  # a batch of 2,048 would take too long
        (0.001, 1e-3, 512),  # the smallest, on the slowest of machines
        (0.0, 1e-6, 512),  # larger ones gain nothing
        (0.01, 1e-7, 65_536),  # a GPU: thousands of texts for the price of a few
    ],
)
def test_the_batch_is_as_large_as_pays_and_no_larger(monkeypatch, fixed, per_token, tokens):
    model = TimedModel(fixed, per_token)
    monkeypatch.setattr(capacity.time, "monotonic", lambda: model.now)
    found = measure(model)
    assert found.batch_tokens == tokens
    assert found.tokens_per_second == pytest.approx(tokens / (fixed + per_token * tokens))


def test_what_is_told_as_capacity_comes_from_full_batches_alone():
    throughput = Throughput(DummyModel(), Capacity(batch_tokens=512, tokens_per_second=10_000))
    assert CAPACITY._value.get() == 10_000
    for _ in range(200):
        throughput.observe([32], seconds=0.01)  # 3,200 tokens a second, and busy all the time
    assert CAPACITY._value.get() == 10_000
    for _ in range(200):
        throughput.observe([32] * 16, seconds=0.1)
    assert CAPACITY._value.get() == pytest.approx(5_120, rel=0.01)
