"""The HorizontalPodAutoscaler of Kubernetes, as its controller computes it.

Source: `horizontal.go` and `replica_calculator.go` in kubernetes/pkg/controller/podautoscaler, whose names of
functions stand beside those here, and
https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

SYNC_SECONDS: Final = 15
"""`--horizontal-pod-autoscaler-sync-period`."""
TOLERANCE: Final = 0.1
"""`--horizontal-pod-autoscaler-tolerance`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """At most `value` pods, or per cent of them, within a period."""

    kind: str
    value: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Rules:
    """What bounds the changes in one direction."""

    window: int
    policies: tuple[Policy, ...]
    select: str = "Max"

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "Rules":
        """Reads `behavior.scaleUp` or `behavior.scaleDown`."""
        policies = (Policy(one["type"], one["value"], one["periodSeconds"]) for one in spec["policies"])
        return cls(spec["stabilizationWindowSeconds"], tuple(policies), spec.get("selectPolicy", "Max"))


@dataclass
class Autoscaler:
    """One HorizontalPodAutoscaler and what the controller remembers of it."""

    least: int
    most: int
    up: Rules
    down: Rules
    _recommendations: list[tuple[float, int]] = field(default_factory=list)
    _ups: list[tuple[float, int]] = field(default_factory=list)
    _downs: list[tuple[float, int]] = field(default_factory=list)

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> "Autoscaler":
        """Reads the `spec` of a HorizontalPodAutoscaler."""
        rules = spec["behavior"]
        return cls(
            spec["minReplicas"], spec["maxReplicas"], Rules.of(rules["scaleUp"]), Rules.of(rules["scaleDown"])
        )

    def sync(self, now: float, current: int, wanted: int | None) -> int:
        """Returns the replicas that the controller sets (`reconcileAutoscaler`).

        Args:
            now: Seconds.
            current: Replicas now, ready or not.
            wanted: What the metric proposes; None when there is no metric, which changes nothing.
        """
        if current > self.most:
            desired = self.most
        elif current < self.least:
            desired = self.least
        elif wanted is None:
            return current
        else:
            desired = self._limited(now, current, self._stabilised(now, current, wanted))
        if desired != current:
            (self._ups if desired > current else self._downs).append((now, abs(desired - current)))
        return desired

    def _stabilised(self, now: float, current: int, wanted: int) -> int:
        """`stabilizeRecommendationWithBehaviors`."""
        up = min([wanted, *(one for at, one in self._recommendations if at > now - self.up.window)])
        down = max([wanted, *(one for at, one in self._recommendations if at > now - self.down.window)])
        longest = max(self.up.window, self.down.window)
        self._recommendations = [each for each in self._recommendations if each[0] >= now - longest]
        self._recommendations.append((now, wanted))
        return min(max(current, up), down)

    def _limited(self, now: float, current: int, wanted: int) -> int:
        """`convertDesiredReplicasWithBehaviorRate`."""
        if wanted > current:
            highest = max(current, self._up_limit(now, current))
            return min(wanted, self.most, highest)
        if wanted < current:
            lowest = min(current, self._down_limit(now, current))
            return max(wanted, self.least, lowest)
        return wanted

    def _up_limit(self, now: float, current: int) -> int:
        """`calculateScaleUpLimitWithScalingRules`."""
        if self.up.select == "Disabled":
            return current
        proposed = []
        for policy in self.up.policies:
            start = self._at_start(now, current, policy)
            by_percent = math.ceil(start * (1 + policy.value / 100))
            proposed.append(start + policy.value if policy.kind == "Pods" else by_percent)
        return min(proposed) if self.up.select == "Min" else max(proposed)

    def _down_limit(self, now: float, current: int) -> int:
        """`calculateScaleDownLimitWithBehaviors`."""
        if self.down.select == "Disabled":
            return current
        proposed = []
        for policy in self.down.policies:
            start = self._at_start(now, current, policy)
            by_percent = int(start * (1 - policy.value / 100))
            proposed.append(start - policy.value if policy.kind == "Pods" else by_percent)
        return max(proposed) if self.down.select == "Min" else min(proposed)

    def _at_start(self, now: float, current: int, policy: Policy) -> int:
        """Replicas at the start of the policy's period (`getReplicasChangePerPeriod`)."""
        since = now - policy.seconds
        added = sum(change for at, change in self._ups if at > since)
        return current - added + sum(change for at, change in self._downs if at > since)


def by_average_value(metric: float, target: float, replicas: int) -> int:
    """What an external metric with an AverageValue proposes (`GetExternalPerPodMetricReplicas`).

    Metric and target are counted in whole thousandths, as KEDA and prometheus-adapter hand them over.
    """
    usage, per_pod = int(metric * 1000), round(target * 1000)
    if abs(usage / (per_pod * replicas) - 1) <= TOLERANCE:
        return replicas
    return math.ceil(usage / per_pod)


def by_utilization(percents: Sequence[float], target: float, replicas: int) -> int:
    """What a resource metric with a target of type Utilization proposes (`GetResourceReplicas`).

    Args:
        percents: Of each ready pod, its use by its request. If that is too much, others count as idle.
        target: Per cent.
        replicas: Ready or not.
    """
    if not percents:
        return replicas
    ratio = sum(percents) / len(percents) / target
    unready = replicas - len(percents)
    if not unready or ratio <= 1:
        return replicas if abs(ratio - 1) <= TOLERANCE else math.ceil(ratio * len(percents))
    with_unready = sum(percents) / replicas / target
    if abs(with_unready - 1) <= TOLERANCE or with_unready < 1:
        return replicas
    return max(replicas, math.ceil(with_unready * replicas))
