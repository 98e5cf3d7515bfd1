"""Showing how far a run is: a bar on a terminal, lines elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn
from rich.progress import TimeRemainingColumn as TimeLeft
from rich.text import Text

from pulso_training.events import Epoch, Event

_LINE_STEPS = 50


class _Rate(ProgressColumn):
    """Steps per second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed or 0:.1f}/s")


class Bar:
    """Takes the events of runs, one run after another."""

    def __init__(self, progress: Progress, console: Console) -> None:
        self._progress, self._console = progress, console
        self._task = progress.add_task("", total=None)
        self._told = 0

    def begin(self, title: str) -> None:
        """Begin again from zero under another title."""
        self._progress.reset(self._task, description=title, total=None)
        self._told = 0
        if not self._console.is_terminal:
            self._console.print(title, highlight=False)

    def __call__(self, event: Event) -> None:
        """Show an event."""
        if isinstance(event, Epoch):
            self._console.print(str(event), highlight=False)
            return
        self._progress.update(self._task, completed=event.done, total=event.total)
        if not self._console.is_terminal and event.done >= self._told + _LINE_STEPS:
            self._told = event.done
            self._console.print(str(event), highlight=False)

    def advance(self, done: float, total: float, text: str) -> None:
        """Show how far something is that tells no events."""
        self._progress.update(self._task, description=text, completed=done, total=total)
        if not self._console.is_terminal:
            self._console.print(text, highlight=False)


@contextmanager
def bar(title: str) -> Iterator[Bar]:
    """Show a bar with rate and time left while the block runs."""
    console = Console(soft_wrap=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), _Rate(), TimeLeft())
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        shown = Bar(progress, console)
        shown.begin(title)
        yield shown
