"""How others flag what rises: each takes the counts up to a day and returns the series that it would show."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pulso_trends.domain.emerging.discoveries import FALSE_SHARE, chosen
from pulso_trends.domain.emerging.expectation import Voices
from scipy.stats import chi2, poisson

WEEK: Final = 7
WEEKS: Final = 12
SURE: Final = 0.01
DEVIATIONS: Final = 3.0
SHOWN: Final = 5
LEAST_COUNT: Final = 3
"""Elasticsearch's default `min_doc_count` of significant terms."""

Flags = NDArray[np.bool_]
Peer = Callable[[Voices, int], Flags]


def _weeks(voices: Voices, end: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Counts and totals of each series in the last `WEEKS` + 1 weeks [series, week], the present one last."""
    first = end - WEEK * (WEEKS + 1)
    counts = voices.counts.sum(axis=1)[:, first:end].reshape(-1, WEEKS + 1, WEEK).sum(axis=2)
    totals = voices.totals.sum(axis=1)[:, first:end].reshape(-1, WEEKS + 1, WEEK).sum(axis=2)
    return counts.astype(float), totals[voices.places].astype(float)


def chi_square(voices: Voices, end: int) -> Flags:
    """This week's share against last week's, in a table of two by two, at 1 %."""
    counts, totals = _weeks(voices, end)
    table = np.stack([counts[:, -2:], totals[:, -2:] - counts[:, -2:]], axis=1)
    expected = table.sum(axis=2, keepdims=True) * table.sum(axis=1, keepdims=True)
    expected = expected / np.maximum(table.sum(axis=(1, 2), keepdims=True), 1)
    statistic = ((table - expected) ** 2 / np.maximum(expected, 1e-9)).sum(axis=(1, 2))
    rising: Flags = (chi2.sf(statistic, 1) < SURE) & (
        counts[:, -1] * totals[:, -2] > counts[:, -2] * totals[:, -1]
    )
    return rising


def jlh(voices: Voices, end: int) -> Flags:
    """Elasticsearch's significant terms: the first five of each place by JLH, this week against twelve."""
    counts, totals = _weeks(voices, end)
    near = counts[:, -1] / np.maximum(totals[:, -1], 1)
    far = counts[:, :-1].sum(axis=1) / np.maximum(totals[:, :-1].sum(axis=1), 1)
    score = np.where(counts[:, -1] >= LEAST_COUNT, (near - far) * near / np.maximum(far, 1e-9), -1)
    flags = np.zeros(len(score), bool)
    for place in range(len(voices.totals)):
        members = np.flatnonzero(voices.places == place)
        best = members[np.argsort(-score[members])[:SHOWN]]
        flags[best[score[best] > 0]] = True
    return flags


def z_score(voices: Voices, end: int) -> Flags:
    """Counts of this week three standard deviations above the mean of twelve."""
    counts, _ = _weeks(voices, end)
    before = counts[:, :-1]
    high: Flags = counts[:, -1] > before.mean(axis=1) + DEVIATIONS * np.maximum(
        before.std(axis=1, ddof=1), 1e-9
    )
    return high


def poisson_bh(voices: Voices, end: int) -> Flags:
    """Counts of this week by a Poisson test against the mean of twelve, Benjamini and Hochberg at 5 %."""
    counts, _ = _weeks(voices, end)
    mean = np.maximum(counts[:, :-1].mean(axis=1), 0.5 / WEEKS)
    return chosen(poisson.sf(counts[:, -1] - 1, mean), FALSE_SHARE)


PEERS: Final[dict[str, Peer]] = {
    "chi-square": chi_square,
    "JLH": jlh,
    "z-score": z_score,
    "Poisson, BH": poisson_bh,
}
