"""`helm test` as the chart has it: its pod's command, run against a stack."""

import subprocess
import sys

import pytest

from charts.tests.rendering import containers, rendered


@pytest.fixture
def ask(stack):
    """Runs the command of the chart's test pod, without its patience, with this key."""
    (container,) = (one for component, one in containers(rendered("defaults")) if component == "test")
    interpreter, *options, script = container["command"]
    assert interpreter == "python"
    assert {one["name"] for one in container["env"]} == {"PULSO_URL", "PULSO_API_KEY"}
    once = script.replace("PATIENCE_SECONDS = 120.0", "PATIENCE_SECONDS = 0.0")
    assert once != script

    def ask(key):
        return subprocess.run(
            [sys.executable, *options, once],
            env={"PULSO_URL": stack.url, "PULSO_API_KEY": key},
            check=False,
            capture_output=True,
            text=True,
        )

    return ask


def test_it_passes_where_all_services_answer(ask, stack):
    asked = ask(stack.key)
    assert (asked.returncode, asked.stdout.splitlines()[-1]) == (0, "all services answer"), asked


def test_it_fails_and_names_who_does_not(ask):
    asked = ask("pulso_abcdefgh_" + "x" * 40)
    assert asked.returncode == 1
    assert asked.stdout.splitlines()[-1] == "failed: gateway, ingest, sentiment, trends, insights"
