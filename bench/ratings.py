"""Stars: whether intervals of means hold the truth, and whether only talk that leads them is found."""

import time
from collections.abc import Callable
from typing import Final

import numpy as np
from pulso_contracts.ratings import LEAST_RATED
from pulso_trends.domain.leading.link import MOST_LAG, evidence
from pulso_trends.domain.leading.talk import since_heard
from pulso_trends.domain.ratings.answer import mean_intervals

from bench.report import Report, main
from bench.sales import (
    QUICK_ROUNDS,
    ROUNDS,
    STRENGTHS,
    Floats,
    Made,
    Told,
    Verdict,
    correlated,
    products,
    tell,
    wandering,
)

SHAPES: Final = {
    "reviews": (0.18, 0.07, 0.08, 0.22, 0.45),
    "loved": (0.02, 0.02, 0.04, 0.20, 0.72),
    "split": (0.45, 0.05, 0.05, 0.05, 0.40),
    "middling": (0.10, 0.20, 0.40, 0.20, 0.10),
    "hated": (0.60, 0.20, 0.10, 0.05, 0.05),
}
"""Shares of one to five stars."""
SIZES: Final = (LEAST_RATED, 20, 100)
DRAWS: Final = 4_000
_STARS: Final = np.arange(1, 6)
_CUTS: Final = np.array([-1.6, -1.1, -0.6, 0.3])
"""Where one star ends and the next begins, in units of a logistic opinion: mostly ones, fours and fives."""
RATED_A_WEEK: Final = 60


def measure(report: Report) -> None:
    """Draws ratings of known means, then makes products and asks each method about each."""
    for shape, parts in SHAPES.items():
        for size in SIZES:
            held = _held(np.array(parts), size)
            report.at_least(f"intervals_hold_{shape}_{size}_ratings", held, 0.93)
    methods: dict[str, Callable[[Made], Verdict]] = {"pulso": _pulso, "correlation": _correlation}
    verdicts: dict[str, list[Told]] = {name: [] for name in methods}
    begun = time.process_time()
    for made in products(QUICK_ROUNDS if report.quick else ROUNDS, _made):
        for name, ask in methods.items():
            verdicts[name].append((made, ask(made)))
    report.figure("products", len(verdicts["pulso"]))
    report.figure("products_without_link", sum(made.lead is None for made, _ in verdicts["pulso"]))
    for name, told in verdicts.items():
        tell(report, name, told)
    report.figure("cpu_ms_a_product", (time.process_time() - begun) / len(verdicts["pulso"]) * 1000)


def _held(parts: Floats, size: int) -> float:
    """The share of samples whose interval holds the mean that they were drawn from."""
    drawn = np.random.default_rng(size).multinomial(size, parts, DRAWS)
    low, high = mean_intervals(drawn, drawn @ _STARS / size)
    truth = float(parts @ _STARS)
    return float(np.mean((low <= truth) & (truth <= high)))


def _made(generator: np.random.Generator, weeks: int, kind: str, memory: float, lead: Verdict = None) -> Made:
    """The mood of those who give no stars, and the opinion behind the stars: a link is one of the mood's."""
    length = weeks + MOST_LAG
    mood_news, news = generator.standard_normal((2, length))
    spread = 1 / np.sqrt(1 - memory**2)
    mood = wandering(mood_news, memory) / spread
    if lead is not None:
        share = STRENGTHS[kind]
        news = np.sqrt(1 - share) * news
        news[lead:] += np.sqrt(share) * mood[:-lead]
    opinion = 0.5 * wandering(news, memory) / spread
    if kind == "season_and_trend":
        phase = generator.uniform(0, 2 * np.pi)
        common = np.cos(2 * np.pi * np.arange(length) / 52.18 + phase) + 2 * np.arange(length) / length
        mood, opinion = mood + common, opinion + 0.3 * common
    rated = generator.poisson(RATED_A_WEEK, length)
    means = np.array([_mean(generator, each, count) for each, count in zip(opinion, rated, strict=True)])
    items = generator.poisson(80, length)
    scores = 0.2 + 0.15 * mood + 0.7 * generator.standard_normal(length) / np.sqrt(items + 1)
    return Made(means[MOST_LAG:], items.astype(float), np.clip(scores, -1, 1), kind, memory, lead)


def _mean(generator: np.random.Generator, opinion: float, count: int) -> float:
    """The mean of so many ratings; NaN where they are too few to be told."""
    if count < LEAST_RATED:
        return float("nan")
    return float(1 + np.searchsorted(_CUTS, opinion + generator.logistic(0, 1, count)).mean())


def _pulso(made: Made) -> Verdict:
    found = evidence(*since_heard(made.target, made.items, made.scores * made.items))
    return found.lag if found is not None and found.is_link() else None


def _correlation(made: Made) -> Verdict:
    return correlated(made.target, made.scores)


if __name__ == "__main__":
    main(measure)
