"""What the tests of the monitoring share."""

import subprocess

import pytest

from monitoring.programs import program


@pytest.fixture(scope="session")
def promtool():
    """Runs promtool and returns what it says; an error of it fails the test."""
    path = program("promtool")

    def run(*arguments) -> str:
        done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False, timeout=100)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run
