"""The Dockerfile is clean, has an image for each service, and holds what each needs."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from charts.schema.fields import CLASSES

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "Dockerfile").read_text("utf-8")
STAGES = {
    found[1]: found[2]
    for found in re.finditer(r"^FROM \S+ AS (\w+)\n(.*?)(?=^FROM |\Z)", TEXT, re.MULTILINE | re.DOTALL)
}


def test_hadolint_finds_nothing():
    hadolint = Path(sys.executable).with_name("hadolint")
    checked = subprocess.run([hadolint, ROOT / "Dockerfile"], check=False, capture_output=True, text=True)
    assert (checked.returncode, checked.stdout) == (0, "")


def test_there_is_an_image_for_each_service_and_for_nothing_else():
    assert set(STAGES) == {"dependencies", "build", "runtime", *CLASSES}


@pytest.mark.parametrize("service", CLASSES)
def test_an_image_runs_its_service_on_the_port_that_it_tells(service):
    stage = STAGES[service]
    (command,) = re.findall(r"^CMD (.+)$", stage, re.MULTILINE)
    assert json.loads(command) == ["python", "-P", "-m", f"pulso_{service}"]
    port = CLASSES[service].model_fields["port"].default
    assert f"PULSO_PORT={port}" in stage
    assert f"EXPOSE {port}\n" in stage


@pytest.mark.parametrize("service", CLASSES)
def test_the_libraries_of_every_service_are_in_the_build(service):
    def own(project):
        dependencies = tomllib.loads((ROOT / project / "pyproject.toml").read_text("utf-8"))["project"][
            "dependencies"
        ]
        return set(re.findall(r"^pulso-(\w+)", "\n".join(dependencies), re.MULTILINE))

    needed = own(f"services/{service}")
    for library in ("kit", "streams"):
        needed |= own(f"libs/{library}")
    copied = set(re.findall(r"^COPY libs/(\w+) ", STAGES["build"], re.MULTILINE))
    assert needed <= copied


def test_dependencies_are_installed_before_any_source_is_there():
    copied = re.findall(r"^COPY (\S+)", STAGES["dependencies"], re.MULTILINE)
    assert [path for path in copied if Path(path).name not in {"constraints.txt", "pyproject.toml"}] == []
    # Each has its metadata there, or pip would not know what it needs.
    sources = re.findall(r"^COPY (\S+)", STAGES["build"], re.MULTILINE)
    assert {f"{path}/pyproject.toml" for path in sources} == {*copied} - {"constraints.txt"}


def test_our_code_is_the_last_layer_and_what_others_wrote_comes_from_before_it():
    assert re.findall(r"^COPY --from=(\w+)", STAGES["runtime"], re.MULTILINE) == ["dependencies"]
    last = TEXT.rpartition("\nFROM ")[2].splitlines()
    assert last == ["${SERVICE}", "COPY --from=build /opt/ours /opt/ours"]
    assert "PYTHONPATH=/opt/ours" in STAGES["runtime"]


def test_images_are_not_root_and_nothing_that_builds_is_left():
    assert re.search(r"^USER 10001:10001$", STAGES["runtime"], re.MULTILINE)
    assert "HEALTHCHECK" in STAGES["runtime"]
    assert "venv --without-pip /opt/pulso" in STAGES["dependencies"]
    assert not re.search(r"\bpip\b|apt-get", STAGES["runtime"])


def test_only_sentiment_carries_the_model():
    assert [name for name, stage in STAGES.items() if "models/default" in stage] == ["sentiment"]


def test_the_context_holds_what_is_copied_and_not_the_rest():
    lines = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    allowed = {line[1:] for line in lines if line.startswith("!")}
    assert lines[1] == "*"
    copied = {
        source.removesuffix("/pyproject.toml").partition("/$")[0]
        for source in re.findall(r"^COPY (?!--from)(\S+) ", TEXT, re.MULTILINE)
    }
    assert copied == allowed
