"""The days that are replayed."""

from dataclasses import replace
from typing import Final

import numpy as np

from bench.autoscaling.demand import DAY, HOUR, Rush, day
from bench.autoscaling.pods import ITEMS_PER_SECOND
from bench.autoscaling.simulation import World

PEAK_PODS: Final = 12
"""The peak is the work of so many pods. What scaling has to do depends on pods and seconds, not on items."""
_MINUTE: Final = 60
_CAMPAIGN: Final = Rush(18 * HOUR + 15 * _MINUTE, _MINUTE, 20 * _MINUTE, 10 * _MINUTE, 0.4)
"""A push message at a quarter past six: within a minute to 40 % of the day's peak above the usual."""
BURST: Final = Rush(3 * HOUR, 1, 15 * _MINUTE, 1, 0.6)
"""Millions of lines at three in the night, when two pods are there: 13 times the usual within a second. For
pods that take more than a minute to start, that is too quick, whoever creates them."""


def world(name: str, seed: int, *rushes: Rush) -> World:
    """A day without trouble."""
    arrivals = day(PEAK_PODS * ITEMS_PER_SECOND, seed, rushes)
    return World(f"{name}, seed {seed}", arrivals, np.ones(DAY), seed)


def days(seed: int) -> tuple[World, ...]:
    """Usual days, and days with trouble."""
    slow = np.ones(DAY)
    slow[12 * HOUR + 30 * _MINUTE : 14 * HOUR] = 0.5
    rising = 12 * HOUR + 5 * _MINUTE  # when a day without trouble adds two or three pods in ten minutes
    return (
        world("usual", seed),
        world("usual", seed + 1),
        world("campaign", seed, _CAMPAIGN),
        replace(world("no metric for 10 minutes", seed), unmeasured=(rising, rising + 10 * _MINUTE)),
        replace(world("Prometheus restarts", seed), outage=(rising + 6 * _MINUTE, rising + 8 * _MINUTE)),
        replace(world("nodes at half speed at lunch", seed), speeds=slow),
    )


def burst(seed: int) -> World:
    """A usual day with `BURST`."""
    return world("burst out of nothing", seed, BURST)


def part(whole: World, start: int, end: int) -> World:
    """Some hours of a day without trouble, in seconds."""
    return replace(whole, arrivals=whole.arrivals[start:end], speeds=whole.speeds[start:end])
