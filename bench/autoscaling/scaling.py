"""Who decides about the number of replicas: the rendered scaler, and the others that it is compared with."""

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import httpx

from bench.autoscaling.hpa import SYNC_SECONDS, Autoscaler, by_average_value, by_utilization
from bench.autoscaling.metrics import FEEDBACK
from bench.autoscaling.pods import MEAN_START_SECONDS, WORKER, Fleet
from bench.autoscaling.prometheus import Prometheus
from bench.autoscaling.rendered import Scaler


@dataclass(frozen=True, slots=True)
class Moment:
    """What is so at a second of the day; `arriving` items per second are true, not measured."""

    now: float
    fleet: Fleet
    waiting: float
    arriving: float


class Way(ABC):
    """A way to scale."""

    every: int = SYNC_SECONDS
    """Seconds between two decisions."""

    @abstractmethod
    def replicas(self, moment: Moment) -> int:
        """How many there should be from now on."""


class ByMetric(Way):
    """The rendered HorizontalPodAutoscaler, or that of a ScaledObject, on what Prometheus answers."""

    def __init__(self, scaler: Scaler, prometheus: Prometheus) -> None:
        self._scaler = scaler
        self._autoscaler = scaler.autoscaler()
        self._prometheus = prometheus
        self._failures = 0

    def replicas(self, moment: Moment) -> int:
        """One sync of the controller."""
        current = moment.fleet.replicas
        return self._autoscaler.sync(moment.now, current, self._wanted(moment.now, current))

    def _wanted(self, now: float, current: int) -> int | None:
        try:
            value = self._prometheus.ask(self._scaler.query, now)
        except httpx.HTTPError:
            value = None
        if value is None or not math.isfinite(value):
            # KEDA: `ignoreNullValues: "false"` makes an error of an empty answer (prometheus_scaler.go); the
            # controller sees errors until there are more in a row than the threshold (fallback.go).
            self._failures += 1
            fallback = self._scaler.fallback
            if fallback is None or self._failures <= fallback["failureThreshold"]:
                return None
            replicas = int(fallback["replicas"])
            if fallback.get("behavior") == "currentReplicasIfHigher":
                replicas = max(replicas, current)
            value = replicas * self._scaler.target
        else:
            self._failures = 0
        return by_average_value(value, self._scaler.target, current)


class ByCpu(Way):
    """The rendered HorizontalPodAutoscaler on CPU."""

    def __init__(self, scaler: Scaler, requested_cores: float) -> None:
        self._scaler = scaler
        self._autoscaler = scaler.autoscaler()
        self._requested = requested_cores

    def replicas(self, moment: Moment) -> int:
        """One sync of the controller."""
        fleet = moment.fleet
        percents = [100 * pod.cores / self._requested for pod in fleet.pods if pod.ready_at <= moment.now]
        wanted = by_utilization(percents, self._scaler.target, fleet.replicas)
        return self._autoscaler.sync(moment.now, fleet.replicas, wanted)


class ByShard(Way):
    """KEDA's Redis Streams trigger: one for each shard, and the controller takes the largest proposal.

    Args:
        autoscaler: Bounds and behaviour.
        seconds: Of one replica's work that a shard may hold for each replica.
    """

    def __init__(self, autoscaler: Autoscaler, seconds: float) -> None:
        self._autoscaler = autoscaler
        self._per_replica = seconds * WORKER.items_per_second

    def replicas(self, moment: Moment) -> int:
        """One sync of the controller."""
        current = moment.fleet.replicas
        wanted = by_average_value(moment.waiting / FEEDBACK.shards, self._per_replica, current)
        return self._autoscaler.sync(moment.now, current, wanted)


class Fixed(Way):
    """Always the same."""

    def __init__(self, replicas: int) -> None:
        self._replicas = replicas

    def replicas(self, moment: Moment) -> int:
        """How many there are."""
        del moment
        return self._replicas


class AtOnce(Way):
    """Sees the truth each second, and creates all the pods at once that what waits and comes soon needs.

    Who does not know the future can hardly be quicker. It never ends a pod, so what it costs says nothing.
    """

    every = 1

    def __init__(self, least: int, most: int) -> None:
        self._bounds = least, most

    def replicas(self, moment: Moment) -> int:
        """As many as are needed, but never fewer than there are."""
        least, most = self._bounds
        ahead = moment.waiting + moment.arriving * MEAN_START_SECONDS
        needed = math.ceil(ahead / (WORKER.items_per_second * MEAN_START_SECONDS))
        return max(moment.fleet.replicas, min(most, max(least, needed)))
