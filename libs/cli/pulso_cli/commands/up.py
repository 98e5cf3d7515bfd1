"""`pulso up`."""

from typing import Annotated

import typer
from rich.status import Status

from pulso_cli.console import err
from pulso_cli.options import DEFAULT_DATA_DIR, DataDir
from pulso_cli.stack.detach import start_detached
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.run import run_stack
from pulso_cli.stack.state import StackState
from pulso_cli.welcome import welcome


def up(
    port: Annotated[
        int, typer.Option(min=1, max=65_535, help="Port of the gateway and the dashboard.")
    ] = 8080,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    sample: Annotated[
        bool, typer.Option("--sample/--no-sample", help="Import the sample feed on the first start.")
    ] = True,
    detach: Annotated[
        bool, typer.Option("--detach", help="Return when it is ready; `pulso down` stops it.")
    ] = False,
) -> None:
    """Start the whole stack on this machine and stay until Ctrl-C or SIGTERM.

    All data, logs and keys are kept in the data directory; the admin key of this run is in its file api-key.
    """
    layout = Layout.at(data_dir)
    if detach:
        with err.status("Starting…"):
            state = start_detached(layout, port)
        welcome(layout, state, sample=sample)
        err.print("Runs in the background; `pulso down` stops it.")
    else:
        with err.status("Starting…") as line:
            run_stack(layout, port, _Terminal(layout, line, sample=sample))


class _Terminal:
    """Tells on stderr what is going on, and welcomes the user when the stack serves."""

    def __init__(self, layout: Layout, line: Status, *, sample: bool) -> None:
        self._layout = layout
        self._line = line
        self._sample = sample

    def waiting(self, names: list[str]) -> None:
        """Names what the stack waits for."""
        self._line.update(f"Starting… {', '.join(names)}")

    def ready(self, state: StackState) -> None:
        """Shows address, key and first results."""
        self._line.stop()
        welcome(self._layout, state, sample=self._sample)
        err.print("Ctrl-C stops it.")

    def stopping(self) -> None:
        """Tells that the end takes a moment."""
        self._line.stop()
        err.print("Stopping…")
