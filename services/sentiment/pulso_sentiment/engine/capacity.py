"""What the machine at hand can do, measured once at start in place of settings that nobody could know."""

import time
from dataclasses import dataclass

from pulso_sentiment.model.base import Model, Tokens

BATCH_SECONDS = 0.15
"""The longest that a batch may take: who comes while all devices are busy waits for up to that long."""
_LEAST_TOKENS = 512
_MOST_TOKENS = 65_536
_WORTHWHILE = 1.03
"""A batch of twice the size has to be faster by so much, or it only makes others wait."""
_LENGTH = 32
"""Tokens of a usual text: the mean over our sources is 33."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What one process can do.

    Attributes:
        batch_tokens: The most tokens of one batch, padding included.
        tokens_per_second: What all devices compute together, at best.
        peak_operations: Floating point operations per second of matrix products alone, all devices together;
            None where nobody can tell.
    """

    batch_tokens: int
    tokens_per_second: float
    peak_operations: float | None = None


def measure(model: Model) -> Capacity:
    """Return the smallest batch that is worth it, by trying larger and larger ones; some tenths of a second.

    It builds the kernels of usual shapes besides, so it is also the warm-up.
    """
    tokens, best = _LEAST_TOKENS, _rate(model, _LEAST_TOKENS)
    while tokens < _MOST_TOKENS and 2 * tokens / best <= BATCH_SECONDS:
        rate = _rate(model, 2 * tokens)
        if rate < _WORTHWHILE * best:
            break
        tokens, best = 2 * tokens, rate
    return Capacity(tokens, best * model.devices, model.peak_operations())


def _rate(model: Model, tokens: int) -> float:
    batch = [Tokens([model.card.pad_id] * _LENGTH)] * (tokens // _LENGTH)
    model.forward(batch)
    started = time.monotonic()
    model.forward(batch)
    return tokens / max(time.monotonic() - started, 1e-9)
