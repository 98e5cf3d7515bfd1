"""Whether talk leads sales: how often a link is told where there is none, and found where there is one."""

import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pulso_trends.domain.leading.link import MOST_LAG, evidence
from scipy.stats import pearsonr
from statsmodels.tsa.stattools import grangercausalitytests

from bench.report import Report, main

Floats = NDArray[np.float64]
Verdict = int | None
"""The lead told, in weeks, or None for no link."""

LEVEL: Final = 0.05
WEEKS: Final = (78, 104, 156)
MEMORIES: Final = (0.5, 0.8)
LEADS: Final = (1, 2, 3, 4, 5, 6)
STRENGTHS: Final = {"weak": 0.1, "medium": 0.25, "strong": 0.5}
"""Share of the news in a week's log sales that comes from talk."""
UNLINKED: Final = ("apart", "season_and_trend")
ROUNDS: Final = 100
QUICK_ROUNDS: Final = 12
_YEAR: Final = 365.25 / 7


@dataclass(frozen=True, slots=True)
class Made:
    """A simulated product: target [week], items and scores [MOST_LAG + week], and what is true of it."""

    target: Floats
    items: Floats
    scores: Floats
    kind: str
    memory: float
    lead: Verdict = None


Told = tuple[Made, Verdict]


def measure(report: Report) -> None:
    """Makes products, asks each method about each, and counts."""
    rounds = QUICK_ROUNDS if report.quick else ROUNDS
    methods: dict[str, Callable[[Made], Verdict]] = {
        "pulso": _pulso,
        "correlation": _correlation,
        "granger": _granger,
    }
    verdicts: dict[str, list[Told]] = defaultdict(list)
    seconds = dict.fromkeys(methods, 0.0)
    for made in products(rounds, _made):
        for name, ask in methods.items():
            begun = time.process_time()
            verdicts[name].append((made, ask(made)))
            seconds[name] += time.process_time() - begun
    report.figure("products", len(verdicts["pulso"]))
    report.figure("products_without_link", sum(made.lead is None for made, _ in verdicts["pulso"]))
    for name, told in verdicts.items():
        tell(report, name, told)
        report.figure(f"{name}_cpu_ms_a_product", seconds[name] / len(told) * 1000)


def tell(report: Report, name: str, told: list[Told]) -> None:
    """Adds the shares of one method; those of Pulso have bars."""
    ours = name == "pulso"
    false = _found([each for each in told if each[0].lead is None])
    if ours:
        report.at_most(f"{name}_false_share", false, LEVEL)
    else:
        report.figure(f"{name}_false_share", false)
    for kind, memory in product(UNLINKED, MEMORIES):
        alike = [(made, lead) for made, lead in told if (made.kind, made.memory) == (kind, memory)]
        report.figure(f"{name}_false_{kind}_ar{memory}", _found(alike))
    for strength in STRENGTHS:
        linked = [(made, lead) for made, lead in told if made.kind == strength]
        found, right = _found(linked), _right(linked)
        if ours and strength == "strong":
            report.at_least(f"{name}_found_{strength}", found, 0.8)
            report.at_least(f"{name}_lag_within_1_{strength}", right, 0.8)
        else:
            report.figure(f"{name}_found_{strength}", found)
            report.figure(f"{name}_lag_within_1_{strength}", right)


def _found(told: list[Told]) -> float:
    """The share of products of which a link is told."""
    return sum(lead is not None for _, lead in told) / len(told)


def _right(told: list[Told]) -> float:
    """Among links told, the share whose lead is at most a week off."""
    off = [abs(lead - made.lead) for made, lead in told if lead is not None and made.lead is not None]
    return sum(weeks <= 1 for weeks in off) / max(len(off), 1)


def products(rounds: int, make: Callable[..., Made]) -> Iterator[Made]:
    """Products of all kinds, memories and leads, as `make` simulates one of them."""
    for number in range(rounds):
        for kind, memory, weeks in product(UNLINKED, MEMORIES, WEEKS):
            yield make(
                np.random.default_rng([number, weeks, int(memory * 10), len(kind)]), weeks, kind, memory
            )
        for index, (strength, lead) in enumerate(product(STRENGTHS, LEADS)):
            weeks, memory = WEEKS[(number + index) % 3], MEMORIES[(number + index // 3) % 2]
            generator = np.random.default_rng([number, weeks, lead, len(strength)])
            yield make(generator, weeks, strength, memory, lead)


def _made(generator: np.random.Generator, weeks: int, kind: str, memory: float, lead: Verdict = None) -> Made:
    """Talk and sales are autoregressive in logarithms, counted with chance; a link is one of talk's news."""
    length = weeks + MOST_LAG
    talk_news, sales_news = generator.standard_normal((2, length))
    talk = wandering(talk_news, memory)
    if lead is not None:
        share, spread = STRENGTHS[kind], 1 / np.sqrt(1 - memory**2)
        sales_news = np.sqrt(1 - share) * sales_news
        sales_news[lead:] += np.sqrt(share) * talk[:-lead] / spread
    sales = wandering(sales_news, memory)
    numbers = np.arange(length)
    common = np.zeros(length)
    if kind == "season_and_trend":
        phase = generator.uniform(0, 2 * np.pi)
        common = np.cos(2 * np.pi * numbers / _YEAR + phase) + 2 * numbers / length
    items = generator.poisson(np.exp(3.5 + 0.4 * talk + 0.5 * common))
    units = generator.poisson(np.exp(6.5 + 0.15 * sales + 0.3 * common))[MOST_LAG:]
    scores = 0.2 + wandering(generator.standard_normal(length), memory) / np.sqrt(items + 5)
    return Made(units.astype(float), items.astype(float), np.clip(scores, -1, 1), kind, memory, lead)


def wandering(news: Floats, memory: float) -> Floats:
    """A series that keeps `memory` of itself from week to week, and adds news."""
    series = news.copy()
    for week in range(1, len(series)):
        series[week] += memory * series[week - 1]
    return series


def _pulso(made: Made) -> Verdict:
    found = evidence(np.log1p(made.target), np.stack((np.log1p(made.items), made.scores)))
    return found.lag if found is not None and found.is_link() else None


def correlated(target: Floats, talk: Floats) -> Verdict:
    """The largest Pearson correlation over the same lags, with its own p-value."""
    found = [pearsonr(target, talk[MOST_LAG - lag : len(talk) - lag]) for lag in range(MOST_LAG + 1)]
    best = max(range(MOST_LAG + 1), key=lambda lag: abs(found[lag].statistic))
    return best if found[best].pvalue < LEVEL else None


def _correlation(made: Made) -> Verdict:
    return correlated(np.log1p(made.target), np.log1p(made.items))


def _granger(made: Made) -> Verdict:
    """The F-test of 8 lags at once; the lag told is that of the largest t-value."""
    pair = np.column_stack((np.log1p(made.target), np.log1p(made.items[MOST_LAG:])))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tests, fits = grangercausalitytests(pair, [MOST_LAG])[MOST_LAG]
    of_talk = np.abs(fits[1].tvalues[MOST_LAG : 2 * MOST_LAG])
    return int(np.argmax(of_talk)) + 1 if tests["ssr_ftest"][1] < LEVEL else None


if __name__ == "__main__":
    main(measure)
