"""The fewest pod-seconds with which somebody who knows the day keeps every item below a limit of age."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.autoscaling.demand import Rates

SLOT: Final = 10
"""Seconds between two changes of the number of pods."""
_GRAINS: Final = 12
"""Parts of the work of one pod in one slot, in which waiting work is counted."""


def fewest_pod_seconds(
    arrivals: Rates,
    speeds: Rates,
    *,
    rate: float,
    limit: int,
    pods: tuple[int, int],
    start: float,
    end: float,
    together: float = math.inf,
) -> float:
    """Solves it by dynamic programming over (pods, waiting work), backwards from the end of the day.

    A pod is paid from its creation, which the oracle orders `start` seconds ahead, to its end. Pods are whole
    and of usual speed. Waiting work is counted in grains; the sums of what arrives are rounded, not the
    parts, so at most one grain is ever lost.

    Args:
        arrivals: Items in each second.
        speeds: Of all nodes in each second, by the usual one.
        rate: Items per second of a pod.
        limit: Seconds that an item may be old when it is done: all of them, not 99 of 100.
        pods: The fewest and the most; there are the fewest at the beginning.
        start: Seconds from creation to work.
        end: Seconds that a pod still costs when it is ended.
        together: What all pods can do at most, by what one can.
    """
    least, most = pods
    numbers = np.arange(least, most + 1)
    grain = rate * SLOT / _GRAINS
    summed = np.concatenate([[0.0], np.cumsum(arrivals)])[::SLOT]
    work = np.diff(np.floor(summed / grain + 0.5)).astype(int)
    late = limit // SLOT
    limits = np.array([work[max(0, at + 1 - late) : at + 1].sum() for at in range(len(work))])
    speed = speeds.reshape(-1, SLOT).mean(axis=1)
    states = int(limits.max()) + 1
    costs: NDArray[np.float64] = np.zeros((len(numbers), states))
    waiting = np.arange(states)
    steps = numbers[:, None]
    for at in range(len(work) - 1, -1, -1):
        served = np.round(np.minimum(numbers, together) * _GRAINS * speed[at]).astype(int)[:, None]
        left = np.maximum(waiting[None, :] + work[at] - served, 0)
        onward = np.where(
            left <= limits[at], np.take_along_axis(costs, np.minimum(left, states - 1), axis=1), np.inf
        )
        onward = onward + steps * SLOT
        up = np.minimum.accumulate((onward + steps * start)[::-1], axis=0)[::-1] - steps * start
        down = np.minimum.accumulate(onward - steps * end, axis=0) + steps * end
        costs = np.minimum(up, down)
    return float(costs[0, 0])
