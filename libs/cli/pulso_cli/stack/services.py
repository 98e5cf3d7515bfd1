"""How each of the five services is run on one machine."""

import json
import sys
from collections.abc import Mapping

from pulso_cli.stack.child import ProcessSpec
from pulso_cli.stack.credentials import Credentials
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.ports import LOOPBACK

SERVICES = ("ingest", "sentiment", "trends", "insights", "gateway")
"""In the order of their start."""
PROCESSES = ("valkey", *SERVICES)
STOP_ORDER = ("gateway", "ingest", "sentiment", "trends", "insights", "valkey")
"""First the door, then along the way of a piece of feedback, at last what they all lean on."""

DATABASES = {"insights": "briefs.db", "gateway": "keys.db", "trends": "feedback.db"}
"""The file in the home of each service that owns tables."""

SHUTDOWN_SECONDS = 8
"""What a service may take for open requests and batches; people wait for Ctrl-C."""
GRACE_SECONDS = SHUTDOWN_SECONDS + 4.0


def redis_url(port: int, password: str) -> str:
    """The address of the embedded Valkey."""
    return f"redis://:{password}@{LOOPBACK}:{port}/0"


def service_specs(layout: Layout, ports: Mapping[str, int], credentials: Credentials) -> list[ProcessSpec]:
    """The five services, wired to each other and to the Valkey of the same stack."""
    shared = {
        "PULSO_HOST": LOOPBACK,
        "PULSO_ROLE": "all",
        "PULSO_REDIS_URL": redis_url(ports["valkey"], credentials.redis_password),
        "PULSO_INTERNAL_TOKEN": credentials.internal_token,
        "PULSO_SHUTDOWN_SECONDS": str(SHUTDOWN_SECONDS),
        # glibc keeps up to eight heaps per core for threads; two save some 60 MB over five processes.
        "MALLOC_ARENA_MAX": "2",
        **{f"PULSO_{name.upper()}_URL": f"http://{LOOPBACK}:{ports[name]}" for name in SERVICES},
    }
    own: dict[str, dict[str, str]] = {
        "gateway": {
            "PULSO_DATABASE_URL": _sqlite(layout, "gateway"),
            "PULSO_ADMIN_KEY": credentials.admin_key,
        },
        "ingest": {
            "PULSO_DATA_DIR": str(layout.home("ingest")),
            "PULSO_CUSTOMER_KEY": credentials.customer_key,
        },
        "sentiment": {},
        "trends": {
            "PULSO_DATABASE_URL": _sqlite(layout, "trends"),
            # What a look at all trends takes goes back to the system after it: 30 MB of 210.
            "MALLOC_TRIM_THRESHOLD_": "131072",
        },
        "insights": {"PULSO_DATABASE_URL": _sqlite(layout, "insights")},
    }
    return [
        ProcessSpec(
            name=name,
            # -P: a folder of the user's that happens to be called like a package must not be imported.
            command=(sys.executable, "-P", "-m", f"pulso_{name}"),
            log=layout.logs(name),
            environment={**shared, "PULSO_PORT": str(ports[name]), **own[name]},
        )
        for name in SERVICES
    ]


def scrape_targets(ports: Mapping[str, int]) -> str:
    """The five services as targets of Prometheus, each with its name as `job`."""
    return json.dumps(
        [{"targets": [f"{LOOPBACK}:{ports[name]}"], "labels": {"job": name}} for name in SERVICES], indent=2
    )


def _sqlite(layout: Layout, service: str) -> str:
    return f"sqlite:///{layout.home(service) / DATABASES[service]}"
