"""Which stack a command talks to."""

from pathlib import Path

from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.gateway import Gateway
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.state import StackState, require_stack


def open_gateway(data_dir: Path, url: str | None, key: str | None) -> Gateway:
    """The gateway at `url`, else the one of the stack that runs in `data_dir`.

    Raises:
        CommandFailed: No stack runs in `data_dir`, or its key cannot be read.
    """
    if url is not None:
        return Gateway(url.rstrip("/"), key)
    layout = Layout.at(data_dir)
    return local_gateway(layout, require_stack(layout), key)


def local_gateway(layout: Layout, state: StackState, key: str | None = None) -> Gateway:
    """The gateway of a stack on this machine, with its admin key unless another one is given."""
    try:
        return Gateway(state.url, key or layout.api_key.read_text(encoding="utf-8").strip())
    except OSError as error:
        raise CommandFailed(
            f"The key in {layout.api_key} cannot be read: {error.strerror}.", ExitCode.REFUSED
        ) from error
