"""skaffold.yaml builds what the Dockerfile has, and hands to the chart what the chart takes."""

import copy
import re
from functools import reduce

import helm_python as helm
import jsonschema
import pytest
import yaml

from charts.schema.fields import CLASSES
from charts.tests.rendering import (
    CHARTS,
    PULSO,
    VALUES,
    containers,
    merged,
    named,
    read,
    render,
    rendered,
)
from charts.tests.skaffold_schema import MODULE

ROOT = CHARTS.parent
MODULES = {
    one["metadata"]["name"]: one for one in yaml.safe_load_all((ROOT / "skaffold.yaml").read_text("utf-8"))
}
DIGEST = "sha256:" + "0123456789abcdef" * 4
BUILT = {
    # As Skaffold loads an image into a kind cluster, and as it pushes one; the commit has digits only.
    "loaded": "pulso-{service}:" + "7" * 63 + "a",
    "pushed": f"registry.example.com/team/pulso-{{service}}:git-1234567@{DIGEST}",
}


def patched(module, profile):
    """The module as it is with this profile."""
    document = copy.deepcopy(module)
    for one in document.pop("profiles", ()):
        for patch in one["patches"] if one["name"] == profile else ():
            *way, last = patch["path"].removeprefix("/").split("/")
            target = reduce(lambda at, step: at[int(step) if isinstance(at, list) else step], way, document)
            target[last] = patch["value"]
    return document


def release_of(profile):
    (release,) = patched(MODULES["pulso"], profile)["deploy"]["helm"]["releases"]
    return release


def variables(reference):
    """What Skaffold tells its templates of an image."""
    found = re.fullmatch(r"(?P<repo>.+?):(?P<tag>[^@:]+)(@(?P<digest>.+))?", reference)
    return {"REPO": found["repo"], "TAG": found["tag"], "DIGEST": found["digest"] or ""}


def values_set(release, references, folder):
    """The values that Helm gets by `--set`; its own engine expands the templates."""
    (folder / "templates").mkdir(parents=True)
    (folder / "Chart.yaml").write_text("{apiVersion: v2, name: skaffold, version: 0.1.0}\n", "utf-8")
    pairs = [f"{key}={template}" for key, template in release["setValueTemplates"].items()]
    (folder / "templates" / "set.yaml").write_text(
        f"{{{{ with .Values }}}}{','.join(pairs)}{{{{ end }}}}", "utf-8"
    )
    told = {
        f"IMAGE_{name}_pulso_{service}": value
        for service, reference in references.items()
        for name, value in variables(reference).items()
    }
    with helm.Chart.load(folder) as chart:
        text = chart.render(told)["skaffold/templates/set.yaml"]
    return helm.parse_set_string(text)


@pytest.mark.parametrize("profile", [None, "local", "ci", "production"])
@pytest.mark.parametrize("module", MODULES.values(), ids=MODULES)
def test_skaffold_knows_every_field(module, profile):
    jsonschema.validate(module, MODULE)
    jsonschema.validate(patched(module, profile), MODULE)


def test_there_is_a_module_for_each_service_and_one_that_installs_them_all():
    assert set(MODULES) == {*CLASSES, "pulso"}
    (required,) = MODULES["pulso"]["requires"]
    assert set(required["configs"]) == set(CLASSES)


@pytest.mark.parametrize("service", CLASSES)
def test_a_module_builds_the_image_of_its_service(service):
    (artifact,) = MODULES[service]["build"]["artifacts"]
    assert artifact["image"] == f"pulso-{service}"
    assert artifact["docker"]["buildArgs"] == {"SERVICE": service}
    dockerfile = (ROOT / "Dockerfile").read_text("utf-8")
    assert re.search(r"^ARG SERVICE\b", dockerfile, re.MULTILINE)
    assert re.search(rf"^FROM \S+ AS {service}$", dockerfile, re.MULTILINE)
    assert (ROOT / "services" / service).is_dir()


@pytest.mark.parametrize("service", CLASSES)
def test_a_service_is_forwarded_where_the_chart_has_it(service):
    (forward,) = MODULES[service]["portForward"]
    assert forward["namespace"] == release_of(None)["namespace"]
    (port,) = named(rendered("defaults"), "Service", forward["resourceName"])["spec"]["ports"]
    assert port["port"] == forward["port"] == CLASSES[service].model_fields["port"].default


@pytest.mark.parametrize("profile", [None, "local", "ci", "production"])
@pytest.mark.parametrize("built", BUILT)
def test_the_images_that_were_built_are_those_that_run(profile, built, tmp_path):
    release = release_of(profile)
    references = {service: BUILT[built].format(service=service) for service in CLASSES}
    files = [read(ROOT / path) for path in release.get("valuesFiles", ())]
    values = reduce(merged, [*files, values_set(release, references, tmp_path / "chart")], {})
    running = {one["name"]: one["image"] for _, one in containers(render(values)) if one["name"] in CLASSES}
    assert running == references


def test_the_release_is_the_umbrella_in_the_namespace_that_k8s_makes():
    release = release_of(None)
    assert ROOT / release["chartPath"] == PULSO
    # The name under which all tests render.
    assert release["name"] == "pulso"
    (namespace, *_) = yaml.safe_load_all((ROOT / "k8s" / "namespace.yaml").read_text("utf-8"))
    assert release["namespace"] == namespace["metadata"]["name"]


@pytest.mark.parametrize(
    ("profile", "overlay"), [("local", "local"), ("ci", "local"), ("production", "production")]
)
def test_a_profile_takes_the_values_of_its_environment(profile, overlay):
    assert tuple(ROOT / path for path in release_of(profile)["valuesFiles"]) == VALUES[overlay]


def test_there_are_three_profiles_and_kind_has_its_own_by_itself():
    profiles = {one["name"]: one for one in MODULES["pulso"]["profiles"]}
    assert set(profiles) == {"local", "ci", "production"}
    cluster = yaml.safe_load((ROOT / "k8s" / "kind.yaml").read_text("utf-8"))["name"]
    assert profiles["local"]["activation"] == [{"kubeContext": f"kind-{cluster}"}]


def test_ci_asks_every_service_once_all_are_ready():
    deploy = patched(MODULES["pulso"], "ci")["deploy"]["helm"]
    release = release_of("ci")
    (hook,) = deploy["hooks"]["after"]
    assert hook["host"]["command"][:3] == ["helm", "test", release["name"]]
    assert hook["host"]["command"][4] == release["namespace"]
    assert release["wait"] is True


@pytest.mark.parametrize("service", CLASSES)
def test_only_production_pushes_whatever_the_cluster(service):
    assert patched(MODULES[service], "production")["build"]["local"]["push"] is True
    for profile in (None, "local", "ci"):
        assert "push" not in patched(MODULES[service], profile)["build"]["local"]
