"""Each component scales on what its work is: requests by CPU, streams by the seconds of work that wait."""

import math
import re

import pytest

from charts.tests.rendering import named, of_kind, render, rendered

CONSUMERS = {
    "sentiment-worker": ("sentiment", "worker", "feedback", "sentiment", "pulso_sentiment_items_total"),
    "trends-indexer": ("trends", "indexer", "scored", "trends", None),
}


def scaled(component, **scaling):
    service, part, *_ = CONSUMERS[component]
    return render({service: {part: {"scaling": scaling}}})


@pytest.mark.parametrize("name", ["defaults", "production", "everything", "local"])
def test_replicas_are_either_fixed_or_somebody_s_to_choose(name):
    manifests = rendered(name)
    targets = [
        one["spec"]["scaleTargetRef"]["name"]
        for one in of_kind(manifests, "HorizontalPodAutoscaler", "ScaledObject")
    ]
    assert len(targets) == len(set(targets))
    for deployment in of_kind(manifests, "Deployment"):
        # A number of replicas beside a scaler would undo its work with each upgrade.
        assert ("replicas" in deployment["spec"]) != (deployment["metadata"]["name"] in targets)


@pytest.mark.parametrize("name", ["defaults", "production", "everything"])
def test_nothing_scales_to_nothing(name):
    for scaler in of_kind(rendered(name), "HorizontalPodAutoscaler", "ScaledObject"):
        spec = scaler["spec"]
        least = spec.get("minReplicas", spec.get("minReplicaCount"))
        most = spec.get("maxReplicas", spec.get("maxReplicaCount"))
        assert 1 <= least <= most


def test_production_keeps_two_of_everything():
    for scaler in of_kind(rendered("production"), "HorizontalPodAutoscaler", "ScaledObject"):
        spec = scaler["spec"]
        assert spec.get("minReplicas", spec.get("minReplicaCount")) >= 2
    assert not [one for one in of_kind(rendered("production"), "Deployment") if "replicas" in one["spec"]]


@pytest.mark.parametrize("component", CONSUMERS)
def test_keda_asks_for_seconds_of_work(component):
    _, _, stream, group, items = CONSUMERS[component]
    told = {"targetSeconds": 40, "utilization": 75, "itemsPerSecond": 50, "fallback": 3}
    manifests = scaled(component, by="keda", min=2, max=9, **told)
    spec = named(manifests, "ScaledObject", f"pulso-{component}")["spec"]
    assert (spec["minReplicaCount"], spec["maxReplicaCount"]) == (2, 9)
    assert spec["fallback"] == {"failureThreshold": 3, "replicas": 3, "behavior": "currentReplicasIfHigher"}
    (trigger,) = spec["triggers"]
    assert trigger["metadata"]["threshold"] == "30"
    assert trigger["metadata"]["ignoreNullValues"] == "false"
    query = trigger["metadata"]["query"]
    labels = f'namespace="tastes",stream="{stream}",group="{group}"'
    assert query.startswith(f"(max(pulso_streams_backlog_messages{{{labels}}}) + 40 * (sum(rate(")
    assert f'published_messages_total{{namespace="tastes",stream="{stream}"}}[2m])) or vector(0)))' in query
    if items is None:
        assert query.endswith(") / 50")
    else:
        assert f'sum(rate({items}{{namespace="tastes"}}[10m]))' in query
        assert f'pod=~"pulso-{component}-.+"' in query
        assert query.endswith("> 0 or vector(50))")


@pytest.mark.parametrize("component", CONSUMERS)
def test_an_adapter_is_asked_the_same(component):
    _, _, stream, group, _ = CONSUMERS[component]
    manifests = scaled(component, by="adapter", targetSeconds=40, utilization=75)
    (metric,) = named(manifests, "HorizontalPodAutoscaler", f"pulso-{component}")["spec"]["metrics"]
    assert metric["external"]["metric"]["selector"]["matchLabels"] == {"stream": stream, "group": group}
    assert metric["external"]["target"] == {"type": "AverageValue", "averageValue": "30"}


@pytest.mark.parametrize("component", CONSUMERS)
def test_the_metrics_asked_for_are_those_that_services_export(component):
    from prometheus_client import REGISTRY
    from pulso_sentiment import metrics as sentiment
    from pulso_streams import metrics as streams

    assert sentiment
    assert streams
    exported = set(REGISTRY._names_to_collectors)
    query = named(scaled(component, by="keda"), "ScaledObject", f"pulso-{component}")["spec"]["triggers"][0]
    asked = set(re.findall(r"pulso_\w+", query["metadata"]["query"]))
    assert len(asked) == (5 if component == "sentiment-worker" else 2)
    assert asked <= exported


@pytest.mark.parametrize("name", ["defaults", "production"])
def test_up_at_once_and_down_slowly(name):
    for scaler in of_kind(rendered(name), "HorizontalPodAutoscaler"):
        behaviour = scaler["spec"]["behavior"]
        assert behaviour["scaleUp"]["stabilizationWindowSeconds"] == 0
        assert behaviour["scaleDown"]["stabilizationWindowSeconds"] >= 300
        (slowly,) = behaviour["scaleDown"]["policies"]
        assert slowly["type"] == "Percent"
        assert math.isclose(slowly["value"], 25)
