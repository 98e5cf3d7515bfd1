"""A day of arrivals, a queue, pods, and somebody who scales them."""

import asyncio
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.autoscaling.demand import Rates
from bench.autoscaling.metrics import Metrics
from bench.autoscaling.pods import WORKER, Fleet, Kind
from bench.autoscaling.prometheus import Prometheus
from bench.autoscaling.scaling import Moment, Way

SCRAPE_SECONDS: Final = 15
"""monitoring/kubernetes/pod-monitor.yaml."""
BACKLOG_SECONDS: Final = 5
"""`watch_backlog` in pulso_streams."""
_PARTS: Final = 4
"""In which the items of a second are told apart."""


@dataclass(frozen=True)
class World:
    """What happens on a day, whoever scales.

    Attributes:
        name: What it is called.
        arrivals: Items in each second.
        speeds: Of all nodes in each second, by the usual one.
        seed: Of the pods.
        kind: Of the pods.
        unmeasured: Seconds, from and to, in which nobody is told how long the stream is.
        outage: Seconds, from and to, in which Prometheus is away.
    """

    name: str
    arrivals: Rates
    speeds: Rates
    seed: int
    kind: Kind = WORKER
    unmeasured: tuple[int, int] = (0, 0)
    outage: tuple[int, int] = (0, 0)


@dataclass(frozen=True)
class Course:
    """What became of it.

    Attributes:
        ages: Of items when they are done, in seconds: a value for each quarter of those of each second.
        weights: Items that each of them stands for.
        pod_seconds: Paid.
        replicas: In each second.
    """

    ages: Rates
    weights: Rates
    pod_seconds: float
    replicas: Rates

    def age(self, share: float, start: int = 0, end: int | None = None) -> float:
        """The age that a share of the items does not exceed, of all or of those that arrive in a span."""
        span = slice(start * _PARTS, None if end is None else end * _PARTS)
        ages, weights = self.ages[span], self.weights[span]
        order = np.argsort(ages)
        summed = np.cumsum(weights[order])
        return float(ages[order][np.searchsorted(summed, share * summed[-1])])

    @property
    def changes(self) -> int:
        """How often the number of replicas changed."""
        return int(np.count_nonzero(np.diff(self.replicas)))


def simulate(world: World, way: Way, least: int, prometheus: Prometheus | None = None) -> Course:
    """Lets the time of a world pass.

    Args:
        world: The day.
        way: Who scales.
        least: Replicas that are ready at the beginning.
        prometheus: Scrapes the pods, for a way that asks it.
    """
    fleet, metrics, loop = Fleet(world.kind, world.seed, least), Metrics(world.kind), asyncio.new_event_loop()
    arrived = np.cumsum(world.arrivals)
    done, replicas = np.zeros_like(arrived), np.zeros_like(arrived)
    waiting = 0.0
    for second in range(len(arrived)):
        if prometheus is not None:
            _watch(second, world, prometheus, metrics)
            if second % BACKLOG_SECONDS == 0:
                loop.run_until_complete(metrics.tell_backlog(waiting))
            if second % SCRAPE_SECONDS == 0 and not _within(second, world.outage):
                prometheus.write(
                    metrics.scrape(fleet, second, arrived[second - 1] if second else 0.0), second
                )
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
    """First come, first done. What still waits at the end is as old as it is then."""
    end = len(arrivals)
    parts = (np.arange(_PARTS) + 0.5) / _PARTS
    before = np.cumsum(arrivals) - arrivals
    items = (before[:, None] + arrivals[:, None] * parts).ravel()
    came = (np.arange(end)[:, None] + parts).ravel()
    finished = np.concatenate([[0.0], np.cumsum(done)])
    moved = np.append(np.diff(finished) > 0, True)
    left = np.interp(items, finished[moved], np.arange(end + 1)[moved], right=end)
    return np.maximum(left - came, 0.0), np.repeat(arrivals / _PARTS, _PARTS)
