"""Each environment of k8s/overlays has values, and those that Argo CD keeps in step are told which."""

import pytest
import yaml

from charts.tests.rendering import CHARTS, OVERLAYS, PULSO, VALUES, of_kind, render, rendered, values_of

ROOT = CHARTS.parent
MANAGED = ("staging", "production")


def application(name):
    return yaml.safe_load((OVERLAYS / name / "argocd.yaml").read_text("utf-8"))


def test_every_overlay_is_rendered_by_the_tests():
    assert {path.name for path in OVERLAYS.iterdir()} == {"local", *MANAGED}
    for name in ("local", *MANAGED):
        assert VALUES[name][-1] == OVERLAYS / name / "values.yaml"


@pytest.mark.parametrize("name", MANAGED)
def test_argo_cd_takes_the_umbrella_with_the_values_of_the_environment(name):
    chart, namespace = application(name)["spec"]["sources"]
    assert ROOT / chart["path"] == PULSO
    # As Argo CD reads them: from the chart's folder, within the repository.
    assert tuple((PULSO / file).resolve() for file in chart["helm"]["valueFiles"]) == VALUES[name]
    assert (ROOT / namespace["path"] / namespace["directory"]["include"]).is_file()
    assert chart["targetRevision"] == namespace["targetRevision"]
    assert chart["repoURL"] == namespace["repoURL"]


@pytest.mark.parametrize("name", MANAGED)
def test_what_argo_cd_applies_lands_in_the_namespace_that_it_brings(name):
    (namespace, *_) = yaml.safe_load_all((ROOT / "k8s" / "namespace.yaml").read_text("utf-8"))
    assert application(name)["spec"]["destination"]["namespace"] == namespace["metadata"]["name"]


@pytest.mark.parametrize("name", MANAGED)
def test_nothing_is_generated_so_every_sync_is_the_same(name):
    values = values_of(name)
    assert values["global"]["environment"] == "production"
    assert render(values) == render(values)
    assert not of_kind(rendered(name), "Secret", "StatefulSet")


def test_staging_has_all_that_production_has_at_other_addresses():
    def objects(name):
        return {(one["kind"], one["metadata"]["name"]) for one in rendered(name)}

    assert objects("staging") == objects("production")
    staging, production = values_of("staging"), values_of("production")
    for store in ("redis", "database"):
        assert staging["global"][store]["to"] != production["global"][store]["to"]
    assert staging["gateway"]["httpRoute"]["hostnames"] != production["gateway"]["httpRoute"]["hostnames"]


def test_one_machine_needs_no_scaling_and_no_registry():
    assert not of_kind(rendered("local"), "HorizontalPodAutoscaler", "ScaledObject")
    assert not values_of("local")["global"]["image"].get("registry")
