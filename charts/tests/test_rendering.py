"""Every set of values renders to manifests that Kubernetes and the operators know, field by field."""

import helm_python as helm
import kubernetes_validate
import pytest

from charts.tests.custom_resources import KINDS, validate
from charts.tests.rendering import PULSO, VALUES, of_kind, rendered, templates, values_of

NEWEST_MINORS = ("1.35", "1.36", "1.37")


@pytest.mark.parametrize("name", VALUES)
def test_lint_finds_nothing(name):
    report = helm.lint(PULSO, values_of(name), strict=True, with_subcharts=True, namespace="tastes")
    assert report["errors"] == []
    assert [one for one in report["messages"] if one["severity"] > 1] == []


@pytest.mark.parametrize("version", NEWEST_MINORS)
@pytest.mark.parametrize("name", VALUES)
def test_kubernetes_knows_every_field(name, version):
    own = [manifest for manifest in rendered(name) if manifest["kind"] not in KINDS]
    assert len(own) > 30
    for manifest in own:
        kubernetes_validate.validate(manifest, version, strict=True)


@pytest.mark.parametrize("name", VALUES)
def test_operators_know_every_field(name):
    for manifest in of_kind(rendered(name), *KINDS):
        validate(manifest)


def test_every_custom_resource_is_rendered_by_some_values():
    assert {one["kind"] for name in VALUES for one in rendered(name)} >= KINDS


@pytest.mark.parametrize("name", VALUES)
def test_no_object_is_there_twice(name):
    seen = [(one["kind"], one["metadata"]["name"]) for one in rendered(name)]
    assert len(seen) == len(set(seen))


def test_notes_tell_how_to_get_the_key_and_open_the_page():
    notes = templates({})["pulso/templates/NOTES.txt"]
    assert "get secret pulso-secrets" in notes
    assert '{{ index .data "admin-key" | base64decode }}' in notes
    assert "port-forward service/pulso-gateway 8080" in notes
    routed = templates(values_of("production"))["pulso/templates/NOTES.txt"]
    assert "get secret pulso-keys" in routed
    assert "https://pulso.example.com/" in routed
