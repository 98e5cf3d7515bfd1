"""How unlikely a count is when nothing changed."""

from typing import Final

import numpy as np
from scipy.special import gammainc, gammaincc

from pulso_trends.domain.emerging.dispersion import Floats
from pulso_trends.domain.emerging.expectation import Expectation

_NODES: Final = np.linspace(-9.0, 9.0, 145)


def rise(compared: Expectation) -> Floats:
    """Return the mid-p chance of so high a count for each series: P(more) and half of P(just as many)."""
    count = compared.observed[:, None]
    rates = _rates(compared)
    at_least = np.where(count > 0, gammainc(np.maximum(count, 1), rates), 1.0)
    return _mixed((at_least + gammainc(count + 1, rates)) / 2, compared.degrees)


def fall(compared: Expectation) -> Floats:
    """Return the mid-p chance of so low a count for each series: P(fewer) and half of P(just as many)."""
    count = compared.observed[:, None]
    rates = _rates(compared)
    fewer = np.where(count > 0, gammaincc(np.maximum(count, 1), rates), 0.0)
    return _mixed((gammaincc(count + 1, rates) + fewer) / 2, compared.degrees)


def _rates(compared: Expectation) -> Floats:
    """Return what the rate of each series may be [series, node]: log-normal around what is expected.

    Counts of what people talk about have heavier tails than the gamma mixture (negative binomial) allows; the
    log-normal one holds for both kinds (docs/adr/0014-trends-that-are-true.md).
    """
    spread = np.sqrt(np.log1p(compared.variance))[:, None]
    rates: Floats = compared.expected[:, None] * np.exp(spread * _NODES - spread**2 / 2)
    return rates


def _mixed(chances: Floats, degrees: Floats) -> Floats:
    """Return the mean over the nodes, weighted by Student's t, because the spread itself is an estimate."""
    freedom = degrees[:, None]
    densities = (1 + _NODES**2 / freedom) ** (-(freedom + 1) / 2)
    averaged: Floats = (chances * densities).sum(axis=1) / densities.sum(axis=1)
    return averaged.clip(0.0, 1.0)
