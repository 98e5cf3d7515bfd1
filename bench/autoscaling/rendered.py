"""The scaler of a component as Helm's engine renders it from the charts."""

from dataclasses import dataclass, replace
from typing import Any, Final

import yaml

from bench.autoscaling.hpa import Autoscaler
from charts.tests.rendering import CHARTS, Manifest, named, render, values_of

NAMESPACE: Final = "tastes"
_VALUES: Final = {"sentiment-worker": ("sentiment", "worker"), "trends-indexer": ("trends", "indexer")}
_ADAPTER: Final = CHARTS.parent / "k8s" / "prometheus-adapter.yaml"


@dataclass(frozen=True)
class Scaler:
    """What the manifests say.

    Attributes:
        spec: Of the HorizontalPodAutoscaler, or of the one that KEDA makes of a ScaledObject.
        query: Asked of Prometheus; empty for CPU.
        target: Of the metric, for each replica.
        fallback: KEDA's, if any.
    """

    spec: dict[str, Any]
    query: str
    target: float
    fallback: dict[str, Any] | None = None

    def autoscaler(self) -> Autoscaler:
        """A fresh one."""
        return Autoscaler.of(self.spec)


def scaler(by: str, component: str = "sentiment-worker", **scaling: int) -> Scaler:
    """The scaler of production's values, but for `scaling`: `by` is `keda`, `adapter` or `cpu`."""
    values, (service, part) = values_of("production"), _VALUES[component]
    values[service][part]["scaling"] |= {"by": by, **scaling}
    kind, read = {
        "keda": ("ScaledObject", _of_keda),
        "adapter": ("HorizontalPodAutoscaler", _of_adapter),
        "cpu": ("HorizontalPodAutoscaler", _of_cpu),
    }[by]
    return read(named(render(values), kind, f"pulso-{component}")["spec"])


def backlog_alone(keda: Scaler) -> Scaler:
    """The scaler of the first charts: what waits, by the items of a second in which a device was busy."""
    ours = f'namespace="{NAMESPACE}"'
    pods = f'{ours},pod=~"pulso-sentiment-worker-.+"'
    items = f"sum(rate(pulso_sentiment_items_total{{{ours}}}[10m]))"
    busy = f"sum(rate(pulso_sentiment_busy_seconds_total{{{pods}}}[10m]))"
    waiting = f'max(pulso_streams_backlog_messages{{{ours},stream="feedback",group="sentiment"}})'
    return replace(keda, query=f"{waiting} / ({items} / {busy} > 0 or vector(80))", target=30.0)


def by_busy_seconds(keda: Scaler) -> Scaler:
    """The indexer's scaler of the first charts, which took items of a busy second for what one can do."""
    waiting, _, _ = keda.query.rpartition(" / ")
    ours = f'namespace="{NAMESPACE}"'
    items = f"sum(rate(pulso_trends_indexed_items_total{{{ours}}}[10m]))"
    busy = f'sum(rate(pulso_trends_index_batch_seconds_sum{{{ours},pod=~"pulso-trends-indexer-.+"}}[10m]))'
    return replace(keda, query=f"{waiting} / ({items} / {busy} > 0 or vector(500))")


def _of_keda(spec: Manifest) -> Scaler:
    (trigger,) = spec["triggers"]
    hpa = {
        "minReplicas": spec["minReplicaCount"],
        "maxReplicas": spec["maxReplicaCount"],
        "behavior": spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"],
    }
    asked = trigger["metadata"]
    return Scaler(hpa, asked["query"], float(asked["threshold"]), spec["fallback"])


def _of_adapter(spec: Manifest) -> Scaler:
    (metric,) = spec["metrics"]
    labels = metric["external"]["metric"]["selector"]["matchLabels"]
    matchers = ",".join(f'{name}="{value}"' for name, value in {"namespace": NAMESPACE, **labels}.items())
    rules = yaml.safe_load(_ADAPTER.read_text("utf-8"))["rules"]["external"]
    (rule,) = (each for each in rules if f'stream="{labels["stream"]}"' in each["seriesQuery"])
    target = metric["external"]["target"]["averageValue"]
    return Scaler(spec, rule["metricsQuery"].replace("<<.LabelMatchers>>", matchers), float(target))


def _of_cpu(spec: Manifest) -> Scaler:
    (metric,) = spec["metrics"]
    return Scaler(spec, "", float(metric["resource"]["target"]["averageUtilization"]))
