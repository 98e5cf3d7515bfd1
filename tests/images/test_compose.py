"""compose.yaml is valid, tells the services only what they read, and keeps no secret of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from pulso_gateway.domain.routes import ROUTES
from pulso_insights.settings import InsightsSettings
from pulso_kit.settings import ServiceSettings

from charts.schema.fields import CLASSES, variables_of

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]


def test_the_file_keeps_to_the_specification():
    check = Path(sys.executable).with_name("check-jsonschema")
    subprocess.run([check, "--builtin-schema", "vendor.compose-spec", ROOT / "compose.yaml"], check=True)


def test_it_has_the_five_services_and_two_stores():
    assert set(SERVICES) == {*CLASSES, "valkey", "postgresql"}


@pytest.mark.parametrize("service", CLASSES)
def test_a_service_reads_every_variable_and_starts_with_them(service, monkeypatch):
    cls: type[ServiceSettings] = CLASSES[service]
    environment = SERVICES[service]["environment"]
    assert set(environment) <= set(variables_of(cls).values())
    for name, value in environment.items():
        filled = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)
        monkeypatch.setenv(name, re.sub(r"\$\{\w+(:\?[^}]*)?\}", "pulso_abcdefgh_" + "x" * 40, filled))
    settings = cls()
    for name in ("port", "otlp_endpoint", "trace_share"):
        assert getattr(settings, name) == cls.model_fields[name].default


def test_traces_are_what_who_starts_it_says():
    for service in CLASSES:
        environment = SERVICES[service]["environment"]
        for name in ("PULSO_OTLP_ENDPOINT", "PULSO_TRACE_SHARE"):
            assert environment[name].startswith(f"${{{name}:-")


@pytest.mark.parametrize("service", CLASSES)
def test_services_are_reached_where_they_listen(service):
    for name, value in SERVICES[service]["environment"].items():
        other = re.fullmatch(r"PULSO_(\w+)_URL", name)
        if other and other[1].lower() in CLASSES:
            called = other[1].lower()
            assert value == f"http://{called}:{CLASSES[called].model_fields['port'].default}"


@pytest.mark.parametrize("service", CLASSES)
def test_services_are_closed_and_end_in_time(service):
    one = SERVICES[service]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    grace = int(one["stop_grace_period"].removesuffix("s"))
    briefs = {
        "gateway": max(route.answer_seconds for route in ROUTES if not route.endless),
        "insights": InsightsSettings().brief_seconds,
    }
    if service in briefs:
        assert briefs[service] < float(one["environment"]["PULSO_SHUTDOWN_SECONDS"]) < grace
    else:  # requests first, then the loops
        assert grace > 2 * CLASSES[service].model_fields["shutdown_seconds"].default


def test_only_the_door_is_open_and_only_to_this_machine():
    assert {name: one["ports"] for name, one in SERVICES.items() if "ports" in one} == {
        "gateway": ["127.0.0.1:8080:8080"]
    }


def test_streams_are_synced_and_all_data_is_on_volumes():
    assert "--appendonly yes --appendfsync always" in SERVICES["valkey"]["command"][-1]
    mounted = {volume.partition(":")[0] for one in SERVICES.values() for volume in one.get("volumes", ())}
    assert mounted == set(COMPOSE["volumes"]) == {"streams", "databases", "imports"}


def test_make_writes_the_secrets_that_are_asked_for(tmp_path):
    from pulso_gateway.domain.api_keys import parse_key

    for name in ("Makefile", "constraints.txt"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    subprocess.run(["make", "--silent", "--directory", tmp_path, ".env"], check=True)
    made = dict(line.split("=", 1) for line in (tmp_path / ".env").read_text("utf-8").split())
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "compose.yaml").read_text("utf-8")))
    assert set(made) == asked
    assert (tmp_path / ".env").stat().st_mode & 0o077 == 0
    assert parse_key(made.pop("PULSO_ADMIN_KEY")) is not None
    assert len(set(made.values())) == len(made)
    assert all(len(value) >= 32 for value in made.values())
