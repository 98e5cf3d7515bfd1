"""One text, one answer: what shares a text's batch must not move a trend."""

import random
from datetime import UTC, datetime

import numpy as np
import pytest
from pulso_cli.sample import generate
from pulso_sentiment.model import Array, Model, Tokens, load_model
from pulso_sentiment.model.base import join
from pulso_sentiment.model.calibration import calibrated
from pulso_sentiment.settings import DEFAULT_MODEL

pytestmark = pytest.mark.slow

TEXTS = 300
BATCHES = (1, 8, 32)
SAME_LABEL = 0.999
PROBABILITY_MOVES = 0.01


@pytest.fixture(scope="module")
def model() -> Model:
    return load_model(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def windows(model: Model) -> list[Tokens]:
    """Distinct believable texts of all lengths, none of which the model was trained on."""
    records = generate(2 * TEXTS, seed=20261121, end=datetime(2026, 11, 20, tzinfo=UTC))
    texts = list(dict.fromkeys(record["text"] for record in records))[:TEXTS]
    assert len(texts) == TEXTS
    return [window for text in model.tokenise(texts) for window in text.windows]


def probabilities(model: Model, windows: list[Tokens], size: int, seed: int) -> Array:
    """In batches of `size` neighbours that chance put together; rows in the order of `windows`."""
    order = list(range(len(windows)))
    random.Random(seed).shuffle(order)
    batches = [order[first : first + size] for first in range(0, len(order), size)]
    logits = join([model.forward([windows[i] for i in batch]) for batch in batches]).sentiment
    lengths = [len(windows[i].ids) for i in order]
    found = calibrated(logits, lengths, model.card.calibration.sentiment)
    return found[np.argsort(order)]


def test_neither_label_nor_probability_depends_on_the_batch(model: Model, windows: list[Tokens]):
    alone = probabilities(model, windows, size=1, seed=0)
    for size in BATCHES:
        together = probabilities(model, windows, size, seed=size)
        same = (together.argmax(axis=1) == alone.argmax(axis=1)).mean()
        moves = np.abs(together - alone).max()
        assert (same >= SAME_LABEL, moves <= PROBABILITY_MOVES) == (True, True), f"{size}: {same}, {moves}"
