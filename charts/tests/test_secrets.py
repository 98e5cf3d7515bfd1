"""Secrets are made once, kept by upgrades, and never made where someone else has them."""

import base64
import json

import helm_python as helm
import pytest
import yaml
from pulso_gateway.domain.api_keys import parse_key
from sqlalchemy import make_url

from charts.tests.api_server import api_server
from charts.tests.rendering import PULSO, containers, named, of_kind, render, rendered

MANAGED = {"global": {"redis": {"secret": "redis"}, "database": {"secret": "database"}}}


def plain(secret):
    return {key: base64.b64decode(value).decode() for key, value in secret["data"].items()}


def upgraded(values, *existing):
    """The Secret that an upgrade would write while these exist."""
    with api_server({"v1": {"Secret"}}, *existing) as url, helm.Chart.load(PULSO) as chart:
        config = helm.Config(storage_driver="memory", kube_apiserver=url)
        texts = config.render(chart, values, name="pulso", namespace="tastes", is_upgrade=True)
    return yaml.safe_load(texts["pulso/templates/secrets.yaml"])


def test_what_is_made_is_what_the_services_take():
    found = plain(named(rendered("defaults"), "Secret", "pulso-secrets"))
    assert parse_key(found["admin-key"]) is not None
    assert len(found["internal-token"]) >= 24
    assert len(found["customer-key"]) >= 32
    assert found["redis-url"] == f"redis://:{found['valkey-password']}@pulso-valkey:6379/0"
    assert found["valkey.conf"] == f"requirepass {found['valkey-password']}\n"
    for service in ("gateway", "trends", "insights"):
        url = make_url(found[f"{service}-database-url"])
        assert (url.password, url.host, url.database) == (
            found["postgresql-password"],
            "pulso-postgresql",
            service,
        )
    script = named(rendered("defaults"), "ConfigMap", "pulso-postgresql")["data"]["databases.sql"]
    assert script.split() == [
        word for name in ("gateway", "trends", "insights") for word in ("CREATE", "DATABASE", f"{name};")
    ]


def test_every_key_that_a_pod_asks_for_is_made():
    manifests = rendered("defaults")
    asked = {
        (one["valueFrom"]["secretKeyRef"]["name"], one["valueFrom"]["secretKeyRef"]["key"])
        for _, container in containers(manifests)
        for one in container["env"]
        if "valueFrom" in one
    }
    made = named(manifests, "Secret", "pulso-secrets")
    assert asked <= {(made["metadata"]["name"], key) for key in made["data"]}


def test_two_installations_share_no_secret():
    one, other = (plain(named(render({}), "Secret", "pulso-secrets")) for _ in range(2))
    assert not set(one.values()) & set(other.values())


def test_an_upgrade_keeps_every_secret():
    first = upgraded({})
    assert upgraded({}, first)["data"] == first["data"]


def test_an_upgrade_adds_what_a_newer_chart_needs_and_keeps_the_rest():
    first = upgraded({})
    older = first | {"data": {key: value for key, value in first["data"].items() if key != "internal-token"}}
    second = upgraded({}, older)["data"]
    assert {key for key in first["data"] if second[key] != first["data"][key]} == {"internal-token"}


def test_a_managed_store_that_comes_later_leaves_the_keys_as_they_are():
    first = upgraded({})
    second = upgraded(MANAGED, first)["data"]
    assert second == {key: first["data"][key] for key in ("admin-key", "customer-key", "internal-token")}


def test_secrets_outlive_the_release_because_volumes_do():
    manifests = rendered("defaults")
    keep = {"helm.sh/resource-policy": "keep"}
    assert keep.items() <= named(manifests, "Secret", "pulso-secrets")["metadata"]["annotations"].items()
    for store in of_kind(manifests, "StatefulSet"):
        assert store["spec"]["persistentVolumeClaimRetentionPolicy"] == {
            "whenDeleted": "Retain",
            "whenScaled": "Retain",
        }
    assert (
        keep.items()
        <= named(manifests, "PersistentVolumeClaim", "pulso-ingest")["metadata"]["annotations"].items()
    )


def test_nothing_is_made_where_all_secrets_exist():
    manifests = rendered("production")
    assert not of_kind(manifests, "Secret", "StatefulSet", "ExternalSecret")


def test_an_external_store_gives_everything():
    manifests = rendered("everything")
    assert not of_kind(manifests, "Secret", "StatefulSet")
    (external,) = of_kind(manifests, "ExternalSecret")
    asked = {
        one["valueFrom"]["secretKeyRef"]["name"]
        for _, container in containers(manifests)
        for one in container["env"]
        if "valueFrom" in one
    }
    assert asked == {external["spec"]["target"]["name"]}


@pytest.mark.parametrize(("value", "store"), [("redis", "valkey"), ("database", "postgresql")])
def test_one_store_may_be_managed_and_the_other_not(value, store):
    manifests = render({"global": {value: {"secret": "managed"}}})
    (left,) = of_kind(manifests, "StatefulSet")
    assert left["metadata"]["name"] == ({"pulso-valkey", "pulso-postgresql"} - {f"pulso-{store}"}).pop()
    variable = f"PULSO_{value.upper()}_URL"
    origins = {
        one["valueFrom"]["secretKeyRef"]["name"]
        for _, container in containers(manifests)
        for one in container["env"]
        if one["name"] == variable
    }
    assert origins == {"managed"}


def test_no_secret_stands_in_a_pod():
    manifests = rendered("defaults")
    made = [
        secret
        for key, secret in plain(named(manifests, "Secret", "pulso-secrets")).items()
        if not key.endswith(("-url", ".conf"))
    ]
    written = json.dumps([one for one in manifests if one["kind"] != "Secret"])
    assert not [secret for secret in made if secret in written]
