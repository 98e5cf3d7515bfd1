"""Fixtures that every package's tests may use, and no test that fails because a machine is slow."""

from hypothesis import HealthCheck, settings

pytest_plugins = ["tests.fixtures.valkey", "tests.fixtures.postgres", "tests.fixtures.collector"]

settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
