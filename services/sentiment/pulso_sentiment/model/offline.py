"""Scoring a list of texts here and now, without the engine: for training, benchmarks and the command line."""

from collections.abc import Iterator, Sequence

import numpy as np

from pulso_sentiment.model.base import Array, Model, Tokens

BATCH_TOKENS = 768
NEUTRAL_WHEN_EMPTY = (0.0, 1.0, 0.0)


def predict(model: Model, texts: Sequence[str]) -> tuple[list[Tokens], Array]:
    """Return the tokens and the probabilities [texts, 3] of all texts; an empty text is neutral."""
    tokens = model.tokenise(texts)
    probabilities = np.tile(np.array(NEUTRAL_WHEN_EMPTY, np.float32), (len(texts), 1))
    order = sorted((i for i, found in enumerate(tokens) if found.ids), key=lambda i: len(tokens[i].ids))
    for batch in _batches(order, tokens):
        probabilities[batch] = model.forward([tokens[i] for i in batch])
    return tokens, probabilities


def _batches(order: Sequence[int], tokens: Sequence[Tokens]) -> Iterator[list[int]]:
    batch: list[int] = []
    for i in order:
        if batch and len(tokens[i].ids) * (len(batch) + 1) > BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(i)
    if batch:
        yield batch
