"""A stack in the background."""

import os
import subprocess
import sys
import time

from pulso_cli.failures import CommandFailed
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.lock import held
from pulso_cli.stack.logfile import open_log
from pulso_cli.stack.state import StackState, running_stack

_POLL_SECONDS = 0.1


def start_detached(layout: Layout, port: int) -> StackState:
    """Starts the supervisor in a session of its own and returns when the stack is ready.

    Raises:
        CommandFailed: It ended before; the sentence is its own last words.
    """
    layout.prepare([])
    if held(layout.lock):
        raise CommandFailed(f"A stack already runs in {layout.root}; `pulso down` stops it.")
    log = layout.logs("stack")
    log.unlink(missing_ok=True)
    command = ["pulso_cli", "up", "--no-sample", "--port", str(port), "--data-dir", str(layout.root)]
    with os.fdopen(open_log(log), "wb") as stderr:
        supervisor = subprocess.Popen(
            [sys.executable, "-P", "-m", *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            start_new_session=True,
        )
    try:
        while supervisor.poll() is None:
            state = running_stack(layout)
            if state is not None and state.pid == supervisor.pid and state.ready:
                return state
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        supervisor.terminate()
        supervisor.wait()
        raise
    words = log.read_text(encoding="utf-8", errors="replace").strip().partition("pulso: ")[2]
    raise CommandFailed(words or f"The stack ended with status {supervisor.returncode}; see {log}.")
