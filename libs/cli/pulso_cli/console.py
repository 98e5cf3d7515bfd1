"""What a command shows: tables and progress for people on stderr or stdout, JSON for scripts on stdout."""

import json
from typing import Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

out = Console()
"""Results."""
err = Console(stderr=True)
"""Progress and remarks, so that results can be piped."""


def print_json(value: Any) -> None:
    """One JSON document on stdout, whatever the terminal."""
    out.file.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def progress() -> Progress:
    """A bar with rate and time left on stderr; silent where stderr is not a terminal."""
    return Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[figures]}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        console=err,
        transient=True,
        disable=not err.is_terminal,
    )


def rate(progress_bar: Progress, task: TaskID, count: int, unit: str) -> str:
    """`count` and how many a second, as text for the bar."""
    elapsed = progress_bar.tasks[progress_bar.task_ids.index(task)].elapsed or 0.0
    return f"{count:,} {unit}" + (f", {count / elapsed:,.0f}/s" if elapsed > 0 else "")
