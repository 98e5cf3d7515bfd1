from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.upgrades.deployment import ADMIN_KEY, CUSTOMER_KEY, DEFAULTS, INTERNAL_TOKEN, Pod, Specs


@pytest.fixture
def wiring(redis_url: str, postgres_url: str) -> dict[str, str]:
    """The stores and the secrets. One database is enough for all services."""
    return {
        "PULSO_ADMIN_KEY": ADMIN_KEY,
        "PULSO_CUSTOMER_KEY": CUSTOMER_KEY,
        "PULSO_DATABASE_URL": postgres_url,
        "PULSO_INTERNAL_TOKEN": INTERNAL_TOKEN,
        "PULSO_REDIS_URL": redis_url,
        **{
            f"PULSO_{name}_URL": "http://127.0.0.1:1"
            for name in ("INGEST", "SENTIMENT", "TRENDS", "INSIGHTS")
        },
    }


@pytest.fixture
def pod(tmp_path: Path, wiring: dict[str, str]) -> Iterator[Callable[..., Pod]]:
    """Starts a pod of a component; further names are variables of its own. It ends with the test."""
    started: list[Pod] = []

    def start(
        component: str,
        *,
        chart: Specs = DEFAULTS,
        code: Path | None = None,
        beside: dict[str, str] | None = None,
        **wires: str,
    ) -> Pod:
        started.append(Pod(component, tmp_path, wiring | wires, chart=chart, code=code, beside=beside))
        return started[-1].start()

    yield start
    for each in started:
        each.kill()
