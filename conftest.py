"""Fixtures that every package's tests may use, and no test that fails because a machine is slow."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.valkey", "tests.fixtures.postgres", "tests.fixtures.collector"]

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")

SHARED = Path(__file__).resolve().parent.parent / "shared"


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Skips what is marked `shared` where there is no such folder beside the project, as for most users."""
    if not SHARED.is_dir():
        for item in items:
            if item.get_closest_marker("shared"):
                item.add_marker(pytest.mark.skip(reason="../shared is not here"))
