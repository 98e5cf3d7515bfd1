"""Simulated months of counts: 26 places, 200 concepts, three channels, with changes planted into some."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pulso_contracts.peru import DEPARTMENTS
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.expectation import Voices

from bench.trends_quality.brigades import COPIES, voices_of_a_brigade

PLACES: Final = 26
"""The departments, and the items that name none."""
CONCEPTS: Final = 200
CHANNELS: Final = 3
WATCHED_DAYS: Final = 35
DAYS: Final = REACH + WATCHED_DAYS
VOICES_A_DAY: Final = 24_000
"""Mentions of all concepts in all places: some 12,000 items a day that speak of two concepts each."""
LEAST_BASE: Final = 0.5
"""Mentions a day below which nothing is planted: tripled, they are ten in a week."""
LATEST_START: Final = 21
"""Changes begin in the first three of the watched weeks, so that two are left to find them."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Scenario:
    """How counts behave, and what is planted.

    Attributes:
        name: For the figures.
        factor: By how much planted shares are multiplied.
        events: Series that change.
        dispersion: Of negative-binomial daily counts: the squared variation of their daily rates.
        sigma: Of log-normal daily rates, standard deviation.
        memory: Correlation of the log-normal rates from one day to the next.
        season: Whether concepts have weekdays of their own, besides those that all share.
        surges: Whether all volume doubles for some days, and one channel gets back-filled.
        brigades: Campaigns of copies, each on one concept in one place.
    """

    name: str
    factor: float = 3.0
    events: int = 100
    dispersion: float = 0.05
    sigma: float = 0.0
    memory: float = 0.0
    season: bool = True
    surges: bool = False
    brigades: int = 0


@dataclass(frozen=True)
class Stream:
    """What one seed of a scenario gives.

    Attributes:
        voices: The counts.
        items: The same with all items that are no voices, as somebody counts who does not tell them apart.
        base: Mean mentions a day of each series before anything changes.
        starts: Day on which each series changes; beyond the end for those that do not.
    """

    voices: Voices
    items: Voices
    base: Floats
    starts: NDArray[np.int64]


def stream(scenario: Scenario, seed: int) -> Stream:
    """Draws counts; the same seed gives the same."""
    draw = np.random.default_rng([seed, *scenario.name.encode()])
    places = np.repeat(np.arange(PLACES), CONCEPTS)
    base = _base_rates(draw)
    starts = np.full(len(base), DAYS + 1)
    planted = draw.choice(np.flatnonzero(base >= LEAST_BASE), scenario.events, replace=False)
    starts[planted] = REACH + draw.integers(0, LATEST_START, scenario.events)
    rates = base[:, None] * np.where(np.arange(DAYS) >= starts[:, None], scenario.factor, 1.0)
    rates *= _weekdays(draw, scenario)[np.arange(len(base)) % CONCEPTS] * _moves(draw, scenario, len(base))
    volume = _volume(draw, scenario)
    counts = draw.poisson(rates[:, None, :] * volume[places])
    spoken = base.reshape(PLACES, CONCEPTS).sum(axis=1)
    others = draw.poisson(spoken[:, None, None] * volume * _shared_week())
    totals = counts.reshape(PLACES, CONCEPTS, CHANNELS, DAYS).sum(axis=1) + others
    voices = Voices(counts, totals, places)
    return Stream(voices, _with_brigades(draw, scenario, voices), base, starts)


def _with_brigades(draw: np.random.Generator, scenario: Scenario, voices: Voices) -> Voices:
    """Adds what brigades leave to `voices`, in place, and returns the counts of all items."""
    counts, totals = voices.counts.copy(), voices.totals.copy()
    for number in range(scenario.brigades):
        one, channel = draw.integers(len(counts)), draw.integers(CHANNELS)
        day = REACH + draw.integers(WATCHED_DAYS)
        for held, copies in ((counts, COPIES), (voices.counts, voices_of_a_brigade(number))):
            held[one, channel, day] += copies
        for held, copies in ((totals, COPIES), (voices.totals, voices_of_a_brigade(number))):
            held[voices.places[one], channel, day] += copies
    return Voices(counts, totals, voices.places)


def _base_rates(draw: np.random.Generator) -> Floats:
    """Mentions a day [place x concept]: places by population, concepts by Zipf's law, and local tastes."""
    people = np.array([department.population for department in DEPARTMENTS], float)
    weights = np.append(people, 0.15 * people.sum())
    popularity = 1 / np.arange(1, CONCEPTS + 1) ** 0.9
    taste = draw.lognormal(0, 0.5, (PLACES, CONCEPTS))
    rates = weights[:, None] * popularity[None, :] * taste
    flat: Floats = (rates * VOICES_A_DAY / rates.sum()).reshape(-1)
    return flat


def _shared_week() -> Floats:
    """The weekdays that all feedback shares: more at the week's end."""
    return np.array([0.9, 0.85, 0.9, 0.95, 1.1, 1.25, 1.05])[np.arange(DAYS) % 7]


def _weekdays(draw: np.random.Generator, scenario: Scenario) -> Floats:
    """Factors of the weekdays [concept, day], those of the concept itself (ceviche on Sundays) included."""
    own = draw.lognormal(0, 0.35 if scenario.season else 0.0, (CONCEPTS, 7))
    own /= own.mean(axis=1, keepdims=True)
    factors: Floats = own[:, np.arange(DAYS) % 7] * _shared_week()
    return factors


def _moves(draw: np.random.Generator, scenario: Scenario, series: int) -> Floats:
    """What rates do by themselves [series, day], mean 1."""
    factors = np.ones((series, DAYS))
    if scenario.dispersion:
        factors *= draw.gamma(1 / scenario.dispersion, scenario.dispersion, (series, DAYS))
    if scenario.sigma:
        level = draw.normal(0, 1, series)
        for day in range(DAYS):
            level = scenario.memory * level + np.sqrt(1 - scenario.memory**2) * draw.normal(0, 1, series)
            factors[:, day] *= np.exp(scenario.sigma * level - scenario.sigma**2 / 2)
    return factors


def _volume(draw: np.random.Generator, scenario: Scenario) -> Floats:
    """The parts of the channels, and what happens to all feedback at once [place, channel, day]."""
    volume = np.repeat(draw.dirichlet([8, 4, 2], size=PLACES)[:, :, None], DAYS, axis=2)
    if scenario.surges:
        for _ in range(6):  # a campaign doubles everything in one place for days
            place, first = draw.integers(PLACES), draw.integers(REACH - 20, DAYS - 5)
            volume[place, :, first : first + 5] *= 2
        for _ in range(6):  # a back-fill brings one channel ten times
            place, channel, day = (
                draw.integers(PLACES),
                draw.integers(CHANNELS),
                draw.integers(REACH - 20, DAYS),
            )
            volume[place, channel, day] *= 10
    return volume
