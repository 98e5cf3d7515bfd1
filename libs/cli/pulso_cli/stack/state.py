"""What other commands learn about a running stack."""

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, Field, ValidationError

from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.lock import held
from pulso_cli.stack.private_file import write_private


class ProcessState(BaseModel):
    """One process; `pid` is None between a death and the next start."""

    name: str
    pid: int | None
    port: int
    restarts: int


class StackState(BaseModel):
    """A running stack, as kept in `stack.json` (mode 0600: `redis_url` holds a password)."""

    pid: int
    url: str
    redis_url: str = Field(repr=False)
    started_at: datetime = Field(default_factory=lambda: datetime.now(UTC))
    ready: bool = False
    """The first readiness of all services has been seen."""
    processes: list[ProcessState] = []

    def write(self, path: Path) -> None:
        """Replaces the file."""
        write_private(path, self.model_dump_json(indent=2) + "\n")


def running_stack(layout: Layout) -> StackState | None:
    """The stack that runs on this data directory, if one does.

    The lock tells whether one runs: it is freed with its process, while the file stays behind a SIGKILL.
    """
    if not held(layout.lock):
        return None
    try:
        return StackState.model_validate_json(layout.state.read_bytes())
    except (OSError, ValidationError):
        return None  # it is just starting


def require_stack(layout: Layout) -> StackState:
    """The stack that runs on this data directory.

    Raises:
        CommandFailed: None does.
    """
    state = running_stack(layout)
    if state is None:
        raise CommandFailed(
            f"No stack runs in {layout.root}; `pulso up --data-dir` starts one.", ExitCode.NOT_RUNNING
        )
    return state
