"""Prometheus on one machine, with the configuration of this folder."""

from pathlib import Path
from typing import Final

from monitoring.files import PROMETHEUS
from monitoring.programs import program

CONFIGURATION: Final = PROMETHEUS / "prometheus.yml"
RETENTION: Final = "35d"
"""Objectives are kept over 30 days, and drift is told against the week before."""


def command(data: Path, *, port: int, configuration: Path = CONFIGURATION) -> list[str]:
    """How to start it.

    Args:
        data: Where it keeps its data.
        port: On the loopback interface.
        configuration: Its `prometheus.yml`.

    Raises:
        NotInstalled: There is no Prometheus, and none can be fetched.
    """
    return [
        str(program("prometheus")),
        f"--config.file={configuration}",
        f"--storage.tsdb.path={data}",
        f"--storage.tsdb.retention.time={RETENTION}",
        f"--web.listen-address=127.0.0.1:{port}",
    ]
