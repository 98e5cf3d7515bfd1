"""The umbrella's parts are the folders beside it, and it packs into one file that needs nothing else."""

import tarfile

import helm_python as helm
import pytest
import yaml

from charts.tests.rendering import CHARTS, PULSO, SERVICES, render, templates


def about(chart):
    return yaml.safe_load((CHARTS / chart / "Chart.yaml").read_text("utf-8"))


@pytest.mark.parametrize("chart", ["pulso", *SERVICES])
def test_dependencies_are_the_folders_beside_the_chart(chart):
    wanted = {"common", *SERVICES} if chart == "pulso" else {"common"}
    dependencies = about(chart)["dependencies"]
    assert {one["name"] for one in dependencies} == wanted
    assert {path.name for path in (CHARTS / chart / "charts").iterdir()} == wanted
    for one in dependencies:
        assert one["repository"] == ""
        assert one["version"] == about(one["name"])["version"]
        assert (CHARTS / chart / "charts" / one["name"]).resolve() == CHARTS / one["name"]
    assert {one["status"] for one in helm.dependency_list(CHARTS / chart)} == {"unpacked"}


def test_versions_go_together():
    assert len({(about(chart)["version"], about(chart)["appVersion"]) for chart in ("pulso", *SERVICES)}) == 1


def test_the_application_s_version_is_that_of_the_services():
    import tomllib

    for service in SERVICES:
        project = CHARTS.parent / "services" / service / "pyproject.toml"
        assert about(service)["appVersion"] == tomllib.loads(project.read_text("utf-8"))["project"]["version"]


def test_a_package_needs_nothing_else_and_says_the_same(tmp_path):
    package = helm.package(PULSO, destination=tmp_path)
    with tarfile.open(package) as archive:
        assert not [member.name for member in archive if member.issym() or member.islnk()]
    with helm.Chart.load(package) as chart:
        packed = chart.render({"global": {"secrets": {"existing": "keys"}}}, name="pulso", namespace="tastes")
    plain = templates({"global": {"secrets": {"existing": "keys"}}})
    generated = "pulso/templates/secrets.yaml"
    assert set(packed) == set(plain)
    assert {path for path in plain if packed[path] != plain[path]} <= {generated}


def test_each_service_has_a_deployment_for_each_of_its_roles():
    found = {one["metadata"]["name"] for one in render({}) if one["kind"] == "Deployment"}
    assert found == {
        "pulso-gateway", "pulso-ingest", "pulso-sentiment", "pulso-sentiment-worker",
        "pulso-trends", "pulso-trends-indexer", "pulso-insights",
    }  # fmt: skip
