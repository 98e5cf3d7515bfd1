"""`pulso down`."""

import os
import signal
import time

from pulso_cli.console import err
from pulso_cli.failures import CommandFailed
from pulso_cli.options import DEFAULT_DATA_DIR, DataDir
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.lock import held
from pulso_cli.stack.services import GRACE_SECONDS, PROCESSES
from pulso_cli.stack.state import require_stack

_PATIENCE_SECONDS = GRACE_SECONDS * len(PROCESSES) + 5


def down(data_dir: DataDir = DEFAULT_DATA_DIR) -> None:
    """Stop the stack that runs in the data directory; nothing that was accepted is lost."""
    layout = Layout.at(data_dir)
    state = require_stack(layout)
    with err.status("Stopping…"):
        os.kill(state.pid, signal.SIGTERM)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while held(layout.lock):
            if time.monotonic() > deadline:
                raise CommandFailed(f"The stack did not stop within {_PATIENCE_SECONDS:.0f} s.")
            time.sleep(0.05)
    err.print("Stopped.")
