"""Starts Prometheus beside `make run`: `python -m monitoring`, or `make monitor`."""

import os
import sys

from monitoring.programs import ROOT, NotInstalled
from monitoring.server import command

PORT = 9090


def main() -> None:
    """Becomes Prometheus; Ctrl-C stops it."""
    data = ROOT / ".pulso" / "prometheus"
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        arguments = command(data, port=PORT)
    except NotInstalled as reason:
        sys.exit(str(reason))
    print(f"Prometheus  http://127.0.0.1:{PORT}/alerts", flush=True)
    os.execv(arguments[0], arguments)


if __name__ == "__main__":
    main()
