"""What lies in k8s/ fits the charts."""

import kubernetes_validate
import yaml

from charts.tests.rendering import CHARTS, named, render

K8S = CHARTS.parent / "k8s"


def read(name):
    return yaml.safe_load((K8S / name).read_text("utf-8"))


def test_the_namespace_refuses_pods_that_are_not_restricted_and_traffic_that_nobody_allows():
    namespace, deny = yaml.safe_load_all((K8S / "namespace.yaml").read_text("utf-8"))
    for manifest in (namespace, deny):
        kubernetes_validate.validate(manifest, "1.37", strict=True)
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    assert deny["metadata"]["namespace"] == namespace["metadata"]["name"]
    assert deny["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_the_adapter_measures_as_keda_does():
    consumers = {"feedback": ("sentiment", "worker"), "scored": ("trends", "indexer")}
    rules = read("prometheus-adapter.yaml")["rules"]["external"]
    assert len(rules) == len(consumers)
    for rule, (stream, (service, part)) in zip(rules, consumers.items(), strict=True):
        manifests = render({service: {part: {"scaling": {"by": "keda"}}}})
        query = named(manifests, "ScaledObject", f"pulso-{service}-{part}")["spec"]["triggers"][0][
            "metadata"
        ]["query"]
        plain = (
            query.replace('namespace="tastes",', "")
            .replace('{namespace="tastes"}', "")
            .replace("+ 20 * (", "+ 20 * scalar(")
            .replace("/ (", "/ scalar(")
            .replace('pod=~"pulso', 'pod=~".+')
        )
        theirs = " ".join(rule["metricsQuery"].split())
        theirs = theirs.replace("max by (stream, group) ", "max").replace(",<<.LabelMatchers>>", "")
        assert theirs == plain
        assert f'stream="{stream}"' in rule["seriesQuery"]
        by_adapter = render({service: {part: {"scaling": {"by": "adapter"}}}})
        (metric,) = named(by_adapter, "HorizontalPodAutoscaler", f"pulso-{service}-{part}")["spec"]["metrics"]
        assert metric["external"]["metric"]["name"] == rule["name"]["as"]
