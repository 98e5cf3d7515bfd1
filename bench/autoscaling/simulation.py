"""A day of arrivals, a queue, pods, and somebody who scales them."""

import asyncio
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from bench.autoscaling.demand import DAY, Rates
from bench.autoscaling.metrics import Metrics
from bench.autoscaling.pods import Fleet
from bench.autoscaling.prometheus import Prometheus
from bench.autoscaling.scaling import Moment, Way

SCRAPE_SECONDS: Final = 15
"""monitoring/kubernetes/pod-monitor.yaml."""
BACKLOG_SECONDS: Final = 5
"""`watch_backlog` in pulso_streams."""


@dataclass(frozen=True)
class World:
    """What happens on a day, whoever scales.

    Attributes:
        name: What it is called.
        arrivals: Items in each second.
        speeds: Of all nodes in each second, by the usual one.
        seed: Of the pods.
        unmeasured: Seconds of the day, from and to, in which the stream's server does not answer those who ask for the backlog.
        outage: Seconds of the day, from and to, in which Prometheus is away.
    """

    name: str
    arrivals: Rates
    speeds: Rates = field(default_factory=lambda: np.ones(DAY))
    seed: int = 0
    unmeasured: tuple[int, int] = (0, 0)
    outage: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Course:
    """What became of it.

    Attributes:
        ages: Of all items, in seconds when they are done: a value for each quarter of the items of each second.
        weights: Items that each of them stands for.
        pod_seconds: Paid.
        replicas: In each second.
    """

    ages: Rates
    weights: Rates
    pod_seconds: float
    replicas: Rates

    def age(self, share: float) -> float:
        """The age that so large a share of the items does not exceed."""
        order = np.argsort(self.ages)
        summed = np.cumsum(self.weights[order])
        return float(self.ages[order][np.searchsorted(summed, share * summed[-1])])

    @property
    def changes(self) -> int:
        """How often the number of replicas changed."""
        return int(np.count_nonzero(np.diff(self.replicas)))

    @property
    def turns(self) -> int:
        """How often it went up again after it had gone down, or down after up."""
        moves = np.diff(self.replicas)
        directions = np.sign(moves[moves != 0])
        return int(np.count_nonzero(np.diff(directions)))


def simulate(world: World, way: Way, least: int, prometheus: Prometheus | None = None) -> Course:
    """Lets the day pass; `least` replicas are ready at its beginning.

    Args:
        world: The day.
        way: Who scales.
        least: Replicas at midnight.
        prometheus: Scrapes the pods, for a way that asks it.
    """
    fleet, metrics, loop = Fleet(world.seed, least), Metrics(), asyncio.new_event_loop()
    arrived = np.cumsum(world.arrivals)
    done, replicas = np.zeros(DAY), np.zeros(DAY)
    waiting = 0.0
    for second in range(DAY):
        if prometheus is not None:
            _watch(second, world, prometheus, metrics)
            if second % BACKLOG_SECONDS == 0:
                loop.run_until_complete(metrics.tell_backlog(waiting))
            if second % SCRAPE_SECONDS == 0 and not _within(second, world.outage):
                prometheus.write(metrics.scrape(fleet, second, arrived[second - 1] if second else 0.0), second)
        if second % way.every == 0:
            wanted = way.replicas(Moment(second, fleet, waiting, world.arrivals[second]))
            if wanted != fleet.replicas:
                fleet.scale(wanted, second)
        waiting += world.arrivals[second]
        finished = fleet.second(second, waiting, world.speeds[second])
        waiting -= finished
        done[second], replicas[second] = finished, fleet.replicas
    loop.close()
    ages, weights = _ages(world.arrivals, done)
    return Course(ages, weights, fleet.pod_seconds, replicas)


def _watch(second: int, world: World, prometheus: Prometheus, metrics: Metrics) -> None:
    metrics.server.away = _within(second, world.unmeasured)
    if second == world.outage[0] < world.outage[1]:
        prometheus.stop()
    if second == world.outage[1] > world.outage[0]:
        prometheus.start()


def _within(second: int, span: tuple[int, int]) -> bool:
    return span[0] <= second < span[1]


def _ages(arrivals: Rates, done: Rates) -> tuple[Rates, Rates]:
    """First come, first done. What waits at midnight is as old as it is then."""
    parts = (np.arange(4) + 0.5) / 4
    seconds = np.arange(DAY, dtype=float)
    before = np.cumsum(arrivals) - arrivals
    items = (before[:, None] + arrivals[:, None] * parts).ravel()
    came = (seconds[:, None] + parts).ravel()
    finished = np.concatenate([[0.0], np.cumsum(done)])
    steps = np.append(np.diff(finished) > 0, True)
    left = np.interp(items, finished[steps], np.arange(DAY + 1)[steps], right=DAY)
    return np.maximum(left - came, 0.0), np.repeat(arrivals / 4, 4)
