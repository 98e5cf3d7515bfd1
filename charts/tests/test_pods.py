"""What every pod must be: restricted, bounded, watched, and able to end without losing work."""

import pytest
from pulso_kit.server import LINGER_SECONDS

from charts.tests.rendering import (
    SERVICES,
    VALUES,
    component_of,
    containers,
    named,
    of_kind,
    pods,
    render,
    rendered,
)  # fmt: skip

STORES = {"valkey", "postgresql"}
PASSING = {"test", "migrate", "backup", "restore"}
"""Pods that end by themselves."""


@pytest.mark.parametrize("name", VALUES)
def test_pods_keep_to_the_restricted_standard(name):
    for _, pod in pods(rendered(name)):
        spec = pod["spec"]
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] > 0
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        assert not {"hostNetwork", "hostPID", "hostIPC"} & set(spec)
        assert spec["automountServiceAccountToken"] is False
        assert all("hostPath" not in volume for volume in spec.get("volumes", ()))
    for _, container in containers(rendered(name)):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert all("hostPort" not in port for port in container.get("ports", ()))


@pytest.mark.parametrize("name", VALUES)
def test_containers_are_bounded_and_their_versions_fixed(name):
    for _, container in containers(rendered(name)):
        for bound in ("requests", "limits"):
            assert set(container["resources"][bound]) == {"cpu", "memory"}
        _, _, version = container["image"].partition("@")[0].rpartition("/")[2].partition(":")
        assert version not in {"", "latest"}


@pytest.mark.parametrize("name", VALUES)
def test_everything_that_stays_is_watched(name):
    for component, container in containers(rendered(name)):
        if component in PASSING:
            continue
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= set(container)
        if component in STORES:
            continue
        paths = [container[probe]["httpGet"]["path"] for probe in ("startupProbe", "livenessProbe")]
        assert paths == ["/healthz", "/healthz"]
        assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_probes_wait_longer_than_the_checks_that_they_ask_for():
    from pulso_kit.health import CHECK_TIMEOUT_SECONDS

    for component, container in containers(rendered("defaults")):
        if component not in STORES | PASSING:
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                assert container[probe]["timeoutSeconds"] > CHECK_TIMEOUT_SECONDS


@pytest.mark.parametrize("seconds", [0.4, 20, 45.5])
def test_a_pod_may_take_as_long_to_end_as_its_service(seconds):
    manifests = render({"global": {"settings": {"shutdownSeconds": seconds}, "preStopSeconds": 7}})
    for component, pod in pods(manifests):
        if component not in STORES | PASSING:
            (container,) = pod["spec"]["containers"]
            assert container["lifecycle"]["preStop"] == {"sleep": {"seconds": 7}}
            told = {one["name"]: one.get("value") for one in container["env"]}
            shutdown = float(told["PULSO_SHUTDOWN_SECONDS"])
            assert shutdown >= seconds
            # Requests first, then the loops: each may take that long.
            parts = 1 if component in {"gateway", "insights"} else 2
            assert pod["spec"]["terminationGracePeriodSeconds"] >= 7 + LINGER_SECONDS + parts * shutdown


@pytest.mark.parametrize("name", VALUES)
def test_everything_that_runs_has_its_own_account_service_and_budget(name):
    manifests = rendered(name)
    for workload in of_kind(manifests, "Deployment", "StatefulSet"):
        own = workload["metadata"]["name"]
        assert workload["spec"]["template"]["spec"]["serviceAccountName"] == own
        assert named(manifests, "ServiceAccount", own)["automountServiceAccountToken"] is False
        selector = workload["spec"]["selector"]["matchLabels"]
        assert named(manifests, "Service", own)["spec"]["selector"] == selector
        budget = named(manifests, "PodDisruptionBudget", own)["spec"]
        assert budget["selector"]["matchLabels"] == selector
        assert budget["maxUnavailable"] == 1
        assert selector.items() <= workload["spec"]["template"]["metadata"]["labels"].items()
        if workload["kind"] == "Deployment":
            assert named(manifests, "Service", own)["spec"]["ports"][0]["name"] == "http"


def test_replicas_spread_over_places():
    for workload in of_kind(rendered("production"), "Deployment"):
        constraints = workload["spec"]["template"]["spec"]["topologySpreadConstraints"]
        assert [one["topologyKey"] for one in constraints] == [
            "topology.kubernetes.io/zone", "kubernetes.io/hostname",
        ]  # fmt: skip
        for one in constraints:
            assert one["labelSelector"]["matchLabels"] == workload["spec"]["selector"]["matchLabels"]


def test_an_upgrade_replaces_pods_without_a_gap():
    for workload in of_kind(rendered("production"), "Deployment"):
        strategy = workload["spec"]["strategy"]
        assert strategy == {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


def test_uploads_that_one_pod_alone_can_mount_are_never_held_by_two():
    workload = named(rendered("defaults"), "Deployment", "pulso-ingest")["spec"]
    assert (workload["replicas"], workload["strategy"]) == (1, {"type": "Recreate"})


def test_pods_do_not_change_with_the_version_of_the_chart_alone():
    for _, pod in pods([one for one in rendered("defaults") if one["kind"] != "Pod"]):
        assert not {"helm.sh/chart", "app.kubernetes.io/version"} & set(pod["metadata"]["labels"])


def test_what_is_asked_of_placement_reaches_the_pod():
    gateway = named(rendered("everything"), "Deployment", "pulso-gateway")["spec"]["template"]
    assert gateway["spec"]["nodeSelector"] == {"disk": "fast"}
    assert gateway["spec"]["tolerations"][0]["key"] == "dedicated"
    assert gateway["spec"]["priorityClassName"] == "urgent"
    assert gateway["spec"]["imagePullSecrets"] == [{"name": "pull"}]
    assert gateway["metadata"]["labels"]["team"] == "voice"
    assert gateway["metadata"]["annotations"] == {"a.example.com/d": "e"}


def test_a_service_may_have_an_image_of_its_own():
    images = {component: one["image"] for component, one in containers(rendered("everything"))}
    digest = "sha256:" + "0123456789abcdef" * 4
    assert images["gateway"] == "registry.example.com/pulso-gateway:sha-0123abc"
    assert images["trends-indexer"] == f"registry.example.com/pulso-trends:0.1.1@{digest}"


def test_each_object_tells_its_service():
    for one in of_kind(rendered("production"), "Deployment", "Service"):
        service = component_of(one).partition("-")[0]
        assert service in SERVICES
        assert one["metadata"]["labels"]["service"] == service
