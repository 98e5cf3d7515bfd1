"""How unlikely a count is when nothing changed."""

from typing import Final

import numpy as np
from scipy.special import gammainc, gammaincc

from pulso_trends.domain.emerging.expectation import Expectation, Floats

_NODES: Final = np.linspace(-9.0, 9.0, 145)
_DEGREES: Final = 10
"""Of Student's distribution: the spread is learnt from twelve blocks, and rare outbursts are part of it."""
_DENSITIES: Final = (1 + _NODES**2 / _DEGREES) ** (-(_DEGREES + 1) / 2)
_WEIGHTS: Final = _DENSITIES / _DENSITIES.sum()


def rise(compared: Expectation) -> Floats:
    """Return P(count >= observed) for each series."""
    return _mixed(compared, lambda count, rate: np.where(count > 0, gammainc(np.maximum(count, 1), rate), 1.0))


def fall(compared: Expectation) -> Floats:
    """Return P(count <= observed) for each series."""
    return _mixed(compared, lambda count, rate: gammaincc(count + 1, rate))


def _mixed(compared: Expectation, tail) -> Floats:  # type: ignore[no-untyped-def]
    """Average a Poisson tail over a log-normal rate, whose mean is what is expected.

    Counts of what people talk about have heavier tails than the gamma mixture (negative binomial) allows; the
    log-normal one holds for both kinds (docs/adr/0014-trends-that-are-true.md).
    """
    spread = np.sqrt(np.log1p(compared.variance))
    rates = compared.expected[:, None] * np.exp(spread[:, None] * _NODES - spread[:, None] ** 2 / 2)
    chances: Floats = tail(compared.observed[:, None], rates) @ _WEIGHTS
    return np.clip(chances, 0.0, 1.0)
