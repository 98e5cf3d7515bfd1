"""The chart brings the rules and dashboards of monitoring/ to clusters that have the Prometheus operator."""

import base64
import gzip
import json
import re
from collections import defaultdict

import helm_python as helm
import pytest
import yaml

from charts.schema.fields import CLASSES
from charts.tests.api_server import api_server
from charts.tests.rendering import (
    PULSO,
    component_of,
    named,
    of_kind,
    pods,
    render,
    rendered,
    templates,
    values_of,
)
from monitoring.files import DASHBOARDS, RULES

OPERATOR = "monitoring.coreos.com/v1"
DOCS = values_of("everything")["monitoring"]["docs"]


def boards(manifests):
    """Each dashboard's ConfigMap with its only file."""
    for one in of_kind(manifests, "ConfigMap"):
        if component_of(one) == "monitoring":
            ((name, text),) = one["data"].items()
            yield one, name, json.loads(text)


def monitored(manifests):
    """What there is for the operator and the sidecar."""
    return {one["kind"] for one in manifests if component_of(one) == "monitoring"}


def installed(values, *, operator):
    """The manifests that an installation into a cluster with or without the operator would write."""
    kinds = defaultdict(set)
    for one in render({"monitoring": {"scrape": "always", "rules": "always"}}):
        if operator or one["apiVersion"] != OPERATOR:
            kinds[one["apiVersion"]].add(one["kind"])
    with api_server(kinds) as url, helm.Chart.load(PULSO) as chart:
        config = helm.Config(storage_driver="memory", kube_apiserver=url)
        release = config.install(chart, "pulso", values, namespace="tastes", dry_run="server")
    return [one for one in yaml.safe_load_all(release["manifest"]) if one is not None]


def test_a_cluster_with_the_operator_gets_everything_by_itself():
    assert monitored(installed({}, operator=True)) == {"PodMonitor", "PrometheusRule", "ConfigMap"}


def test_a_cluster_without_the_operator_gets_nothing_that_it_does_not_know():
    assert monitored(installed({}, operator=False)) == set()


@pytest.mark.parametrize(
    ("value", "kind"), [("scrape", "PodMonitor"), ("rules", "PrometheusRule"), ("dashboards", "ConfigMap")]
)
def test_each_can_be_had_without_asking_and_done_without(value, kind):
    assert monitored(render({"monitoring": {value: "always"}})) == {kind}
    left = monitored(installed({"monitoring": {value: "never"}}, operator=True))
    assert left == {"PodMonitor", "PrometheusRule", "ConfigMap"} - {kind}


def test_the_rules_are_those_that_promtool_has_tested():
    expected = [group for path in RULES for group in yaml.safe_load(path.read_text("utf-8"))["groups"]]
    for group in expected:
        for rule in group["rules"]:
            if "alert" in rule:
                rule["annotations"]["runbook_url"] = f"{DOCS}/runbooks/{rule['alert']}.md"
    assert named(rendered("everything"), "PrometheusRule", "pulso")["spec"]["groups"] == expected


def test_the_dashboards_are_those_of_monitoring_and_link_the_runbooks():
    found = list(boards(rendered("everything")))
    assert {name for _, name, _ in found} == {path.name for path in DASHBOARDS.glob("*.json")}
    for _, name, board in found:
        expected = json.loads((DASHBOARDS / name).read_text("utf-8"))
        (docs,) = (one for one in expected["templating"]["list"] if one["name"] == "docs")
        docs["query"] = DOCS
        assert board == expected


def test_who_selects_by_labels_finds_what_is_there():
    manifests = [one for one in rendered("everything") if component_of(one) == "monitoring"]
    assert all(one["metadata"]["labels"]["release"] == "monitoring" for one in manifests)
    # The label that Grafana's sidecar looks for, unless it is told another.
    for config_map, _, _ in boards(manifests):
        assert config_map["metadata"]["labels"]["grafana_dashboard"] == "1"


def selects(selector, labels):
    (expression,) = selector["matchExpressions"]
    assert expression["operator"] == "Exists"
    return selector["matchLabels"].items() <= labels.items() and expression["key"] in labels


def test_every_process_of_this_release_is_scraped_and_no_store_is():
    manifests = rendered("everything")
    spec = named(manifests, "PodMonitor", "pulso")["spec"]
    (endpoint,) = spec["podMetricsEndpoints"]
    for component, pod in pods(rendered("defaults")):
        labels = pod["metadata"]["labels"]
        ports = {port["name"] for one in pod["spec"]["containers"] for port in one.get("ports", ())}
        wanted = component.partition("-")[0] in CLASSES
        assert selects(spec["selector"], labels) == (endpoint["port"] in ports) == wanted
        assert not selects(spec["selector"], labels | {"app.kubernetes.io/instance": "another"})


def test_a_target_is_the_job_that_the_rules_speak_of():
    spec = named(rendered("everything"), "PodMonitor", "pulso")["spec"]
    relabelings = spec["podMetricsEndpoints"][0]["relabelings"]
    assert {"sourceLabels": ["__meta_kubernetes_pod_label_service"], "targetLabel": "job"} in relabelings
    services = {pod["metadata"]["labels"].get("service") for _, pod in pods(rendered("everything"))}
    assert services - {None} == set(CLASSES)


def test_the_public_address_is_asked_as_the_job_that_alerts_speak_of():
    spec = named(rendered("everything"), "Probe", "pulso")["spec"]
    told = values_of("everything")["monitoring"]["probe"]
    assert spec["prober"] == {"url": told["prober"]}
    assert spec["targets"]["staticConfig"]["static"] == [told["url"]]
    rules = "".join(path.read_text("utf-8") for path in RULES)
    assert set(re.findall(r'probe_\w+\{job="([^"]+)"\}', rules)) == {spec["jobName"]}


def test_a_release_fits_into_the_secret_in_which_helm_keeps_it():
    """1 MiB, of which half stays free: Helm keeps the chart's files and the manifest, packed."""
    paths = [path for path in PULSO.rglob("*") if path.is_file()] + [*RULES, *DASHBOARDS.iterdir()]
    files = {str(path): base64.b64encode(path.read_bytes()).decode() for path in paths}
    manifest = "".join(templates(values_of("everything")).values())
    kept = gzip.compress(json.dumps({"files": files, "manifest": manifest}).encode())
    assert len(base64.b64encode(kept)) < 2**19
