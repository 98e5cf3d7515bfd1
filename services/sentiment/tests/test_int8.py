"""Int8 on request: where it is used, and what its answers still promise."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pulso_cli.sample import generate
from pulso_sentiment.model import Array, Model, load_model
from pulso_sentiment.model.base import join
from pulso_sentiment.model.int8 import gains
from pulso_sentiment.model.openvino_runtime import OpenVinoModel
from pulso_sentiment.settings import DEFAULT_MODEL

ICE_LAKE = frozenset({"avx512f", "avx512_vnni"})


@pytest.mark.parametrize(
    ("flags", "gained"),
    [
        (ICE_LAKE, True),
        (frozenset({"avx2", "avx_vnni"}), True),
        (frozenset({"avx512f"}), False),
        (ICE_LAKE | {"avx512_bf16", "amx_bf16"}, False),
    ],
)
def test_it_is_used_where_it_is_faster(flags: frozenset[str], gained: bool):
    assert gains(flags) == gained


@pytest.fixture(scope="module")
def model() -> Model:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pulso_sentiment.model.openvino_runtime.cpu_flags", lambda: ICE_LAKE)
        return OpenVinoModel(Path(DEFAULT_MODEL), int8=True)


def logits(model: Model, size: int) -> Array:
    records = generate(120, seed=20261122, end=datetime(2026, 11, 20, tzinfo=UTC))
    texts = list(dict.fromkeys(record["text"] for record in records))[:60]
    windows = [window for text in model.tokenise(texts) for window in text.windows]
    assert len(windows) == 60
    parts = [model.forward(windows[first : first + size]) for first in range(0, len(windows), size)]
    return join(parts).sentiment


def test_answers_are_near_those_of_the_file_and_the_same_in_every_batch(model: Model):
    together, exact = logits(model, 60), logits(load_model(DEFAULT_MODEL), 60)
    assert np.array_equal(together, logits(model, 1))
    assert not np.array_equal(together, exact)
    assert np.abs(together - exact).mean() < 0.05
    assert (together.argmax(axis=1) == exact.argmax(axis=1)).mean() >= 0.98


def test_it_is_told_what_computes(model: Model):
    peak = model.peak_operations()
    assert model.card.precision == "int8"
    assert peak is not None
    assert peak > 0
