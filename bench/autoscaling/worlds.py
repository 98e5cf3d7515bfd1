"""The days that are replayed."""

from dataclasses import replace
from typing import Final

import numpy as np

from bench.autoscaling.demand import DAY, HOUR, Rush, day
from bench.autoscaling.pods import INDEXER, WORKER, Kind
from bench.autoscaling.simulation import World

PEAK_PODS: Final = 12
"""The peak is the work of so many workers: what scaling has to do depends on pods and seconds, not items."""
INDEXERS_PEAK: Final = 0.95
"""… and of one indexer: the most with which two keep up, because demand wanders around its curve."""
_MINUTE: Final = 60
_RISING: Final = 12 * HOUR + 5 * _MINUTE
"""When a day without trouble adds two or three workers in ten minutes."""
_CAMPAIGN: Final = Rush(18 * HOUR + 15 * _MINUTE, _MINUTE, 20 * _MINUTE, 10 * _MINUTE, 0.4)
"""A push message at a quarter past six: within a minute to 40 % of the day's peak above the usual."""
BURST: Final = Rush(3 * HOUR, 1, 15 * _MINUTE, 1, 0.6)
"""Millions of lines at three in the night, when two pods are there: 13 times the usual within a second. For
pods that take more than a minute to start, that is too quick, whoever creates them."""


def world(name: str, seed: int, *rushes: Rush, kind: Kind = WORKER, peak: float = PEAK_PODS) -> World:
    """A day without trouble whose peak is the work of so many pods."""
    arrivals = day(peak * kind.items_per_second, seed, rushes)
    return World(f"{name}, seed {seed}", arrivals, np.ones(DAY), seed, kind)


def days(seed: int) -> tuple[World, ...]:
    """Usual days, and days with trouble."""
    slow = np.ones(DAY)
    slow[12 * HOUR + 30 * _MINUTE : 14 * HOUR] = 0.5
    return (
        world("usual", seed),
        world("usual", seed + 1),
        world("campaign", seed, _CAMPAIGN),
        replace(world("no metric for 10 minutes", seed), unmeasured=(_RISING, _RISING + 10 * _MINUTE)),
        replace(world("Prometheus restarts", seed), outage=(_RISING + 6 * _MINUTE, _RISING + 8 * _MINUTE)),
        replace(world("nodes at half speed at lunch", seed), speeds=slow),
    )


def indexers_days(seed: int) -> tuple[World, ...]:
    """Days of the indexer: usual ones, and one on which nobody is told of its backlog before dinner."""
    usual = world("usual", seed, kind=INDEXER, peak=INDEXERS_PEAK)
    before = 18 * HOUR + 30 * _MINUTE
    return (
        usual,
        world("usual", seed + 1, kind=INDEXER, peak=INDEXERS_PEAK),
        replace(
            usual, name=f"no metric for 10 minutes, seed {seed}", unmeasured=(before, before + 10 * _MINUTE)
        ),
    )


def workers_day_for_indexers(seed: int) -> World:
    """A usual day of the sentiment workers, all of whose work indexers get."""
    return replace(world("usual", seed), kind=INDEXER)


def burst(seed: int) -> World:
    """A usual day with `BURST`."""
    return world("burst out of nothing", seed, BURST)


def part(whole: World, start: int, end: int) -> World:
    """Some hours of a day without trouble, in seconds."""
    return replace(whole, arrivals=whole.arrivals[start:end], speeds=whole.speeds[start:end])
