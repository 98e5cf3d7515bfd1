"""Pods of the sentiment worker: they start slowly, score at the measured rate, and end after their work."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np

ITEMS_PER_SECOND: Final = 395.0
"""Of one pod with two cores while work waits, end to end (bench/README.md, `bench.serving`)."""
BARE_PER_SECOND: Final = 490.0
"""Of the model alone on full batches, which is what a pod measures at its start (there)."""
TOKENS_PER_ITEM: Final = 37
"""There."""
_SINGLE_SECONDS: Final = 9.7e-3
"""A batch of one text (there). A worker takes what is there at once, so few items mean small batches and a
device that is always busy: 50 items a second kept a worker that can do 130 busy for 95 % of the time."""
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
    """Tokens per second that it tells."""
    busy: float = 0.0
    cores: float = 0.0


@dataclass
class Fleet:
    """The pods of the Deployment.

    Attributes:
        seed: Of start times and speeds.
        replicas: Ready at the beginning.
        done: Items that a pod of usual speed which is always there has done.
        pod_seconds: Paid so far: from creation to the end.
    """

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
        rate = speed * ITEMS_PER_SECOND * sum(pod.factor for pod in working)
        done = min(waiting, rate)
        if rate:
            self.done += done / rate * speed * ITEMS_PER_SECOND
        full = done == rate
        load = done / rate if rate else 0.0
        busy = min(1.0, load * ITEMS_PER_SECOND * _SINGLE_SECONDS)
        for pod in working:
            pod.busy += busy
            pod.cores = _CORES * busy
            if full:  # only full batches tell what a pod can do, and then Python takes its part of the cores
                pod.capacity = speed * pod.factor * ITEMS_PER_SECOND * TOKENS_PER_ITEM
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
        name = f"pulso-sentiment-worker-{self._number}"
        pod = Pod(name, factor, now + start, capacity=factor * BARE_PER_SECOND * TOKENS_PER_ITEM)
        self.pods.append(pod)

    def _start_seconds(self) -> float:
        node = self._generator.random() < _NODE_SHARE
        return float(self._generator.uniform(*_START_SECONDS)) + node * _NODE_SECONDS
