"""Pods: they start slowly, work at the measured rate, and end after their work."""

import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np

TOKENS_PER_ITEM: Final = 37
"""bench/README.md, `bench.serving`."""
_CORES: Final = 2
_SPREAD: Final = 0.05
"""Standard deviation of the rates of pods: other nodes, other neighbours."""
_START_SECONDS: Final = (60.0, 90.0)
"""Scheduling, an image of 1.5 GB to pull, the model, readiness."""
_NODE_SHARE, _NODE_SECONDS = 0.15, 75.0
"""Pods that wait for a node to be provisioned besides, and for how long."""
MEAN_START_SECONDS: Final = sum(_START_SECONDS) / 2 + _NODE_SHARE * _NODE_SECONDS
END_SECONDS: Final = 6
"""`global.preStopSeconds`, in which a pod still works, and its last batch."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What pods of a component can do.

    Attributes:
        component: As the chart calls it.
        items_per_second: Of one with two cores while work waits.
        single_seconds: A batch of one item. A pod takes what is there at once, so few items mean small
            batches and a pod that is always busy: 50 items a second kept a worker that can do 130 busy for
            95 % of the time.
        told_per_second: Items that a pod tells at its start to be what it can do.
        together: What all can do at most, by what one can.
    """

    component: str
    items_per_second: float
    single_seconds: float
    told_per_second: float = 0.0
    together: float = math.inf


WORKER: Final = Kind("sentiment-worker", 395.0, 9.7e-3, told_per_second=490.0)
"""End to end, and on full batches of the model alone, which it measures at its start (`bench.serving`)."""
INDEXER: Final = Kind("trends-indexer", 1_850.0, 7.7e-3, together=1.06)
"""Into PostgreSQL (`bench.indexing`). For 94 % of its time it holds the writers' turn, for which the others
wait (`pulso_trends.store.turn`). Two on two cores, with the database, stored no more than one."""


@dataclass(eq=False)
class Pod:
    """One pod. Times are seconds."""

    name: str
    factor: float
    """Its speed by the usual one."""
    ready_at: float
    ends_at: float | None = None
    done_before: float | None = None
    """What each pod of usual speed had done when this one began to work."""
    capacity: float = 0.0
    """Items per second that it tells, if it does."""
    busy: float = 0.0
    cores: float = 0.0


@dataclass
class Fleet:
    """The pods of the Deployment.

    Attributes:
        kind: Of pods.
        seed: Of start times and speeds.
        replicas: Ready at the beginning.
        done: Items that a pod of usual speed which is always there has done.
        pod_seconds: Paid so far: from creation to the end.
    """

    kind: Kind
    seed: int
    replicas: int
    done: float = 0.0
    pod_seconds: float = 0.0
    pods: list[Pod] = field(default_factory=list)
    ending: list[Pod] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._generator = np.random.default_rng(self.seed)
        self._number = 0
        for _ in range(self.replicas):
            self._create(0.0, 0.0)

    def scale(self, replicas: int, now: float) -> None:
        """Creates or ends pods; those that are not ready yet end first, then the youngest."""
        for _ in range(replicas - len(self.pods)):
            self._create(now, self._start_seconds())
        for _ in range(len(self.pods) - replicas):
            pod = max(self.pods, key=lambda each: each.ready_at)
            self.pods.remove(pod)
            if pod.ready_at <= now:
                pod.ends_at = now + END_SECONDS
                self.ending.append(pod)
        self.replicas = replicas

    def second(self, now: float, waiting: float, speed: float) -> float:
        """Lets a second pass and returns how many of the `waiting` items were done.

        Args:
            now: When it begins.
            waiting: Items, those that arrive in it too.
            speed: Of all nodes, by the usual one.
        """
        self.ending = [pod for pod in self.ending if pod.ends_at is not None and pod.ends_at > now]
        self.pod_seconds += len(self.pods) + len(self.ending)
        working = self.working(now)
        for pod in working:
            if pod.done_before is None:
                pod.done_before = self.done
        factors = sum(pod.factor for pod in working)
        at_once = min(factors, self.kind.together)
        rate = speed * self.kind.items_per_second * at_once
        done = min(waiting, rate)
        busy = 0.0
        if rate:
            self.done += done / factors
            busy = min(1.0, done / (speed * at_once) * self.kind.single_seconds)
        full = done == rate
        for pod in working:
            pod.busy += busy
            pod.cores = _CORES * busy
            if full:  # only full batches tell what a pod can do, and then Python takes its part of the cores
                pod.capacity = speed * pod.factor * self.kind.items_per_second
        return done

    def working(self, now: float) -> list[Pod]:
        """The pods that take work."""
        return [pod for pod in self.pods if pod.ready_at <= now] + self.ending

    def items(self, pod: Pod) -> float:
        """What a pod that works has done."""
        return 0.0 if pod.done_before is None else pod.factor * (self.done - pod.done_before)

    def _create(self, now: float, start: float) -> None:
        self._number += 1
        factor = max(0.5, 1 + _SPREAD * float(self._generator.normal()))
        name = f"pulso-{self.kind.component}-{self._number}"
        pod = Pod(name, factor, now + start, capacity=factor * self.kind.told_per_second)
        self.pods.append(pod)

    def _start_seconds(self) -> float:
        node = self._generator.random() < _NODE_SHARE
        return float(self._generator.uniform(*_START_SECONDS)) + node * _NODE_SECONDS
