"""Copies what a stack knows, in the order in which feedback flows: uploads, streams, databases.

An item moves on while the copies are made. Saved in this order it is in at least one of them. It may be in
two, which does no harm: what is published or indexed again changes nothing. The other way round, an item that
leaves a stream between the copies would be in neither.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

from pulso_cli.backup import streams
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.stack.layout import Layout
from pulso_cli.stack.lock import exclusive, held
from pulso_cli.stack.services import DATABASES
from pulso_cli.stack.state import running_stack


def save(layout: Layout, folder: Path) -> None:
    """Copies the data of a stack, whether it runs or not, to the same paths below `folder`.

    Raises:
        CommandFailed: There is none, it is just starting or stopping, or a copy could not be made.
    """
    if not layout.credentials.exists():
        raise CommandFailed(f"There is no stack in {layout.root}.", ExitCode.USAGE)
    state = running_stack(layout)
    if state is not None:
        _save(layout, folder, partial(streams.save_running, state.redis_url))
    elif held(layout.lock):
        raise CommandFailed(
            f"The stack in {layout.root} is just starting or stopping; try again in a moment.",
            ExitCode.NOT_RUNNING,
        )
    else:
        with exclusive(layout.lock):
            _save(layout, folder, streams.copy_stopped)


def _save(layout: Layout, folder: Path, save_streams: Callable[[Path, Path], None]) -> None:
    saved = Layout(folder)
    for path in (layout.credentials, layout.sample_marker):
        if path.exists():
            shutil.copyfile(path, folder / path.name)
    _copy_uploads(layout.home("ingest") / "imports", saved.home("ingest") / "imports")
    save_streams(layout.home("valkey"), saved.home("valkey"))
    for service, name in DATABASES.items():
        _copy_database(layout.home(service) / name, saved.home(service) / name)


def _copy_uploads(source: Path, target: Path) -> None:
    # Not `incoming`: those were not accepted. `done` comes last: a job that ends meanwhile writes its outcome
    # before its upload goes, and ingest clears away the half of an upload whose outcome it finds.
    for name in ("open", "done"):
        for folder, _, files in os.walk(source / name):  # unlike `rglob` it bears that a folder goes
            for path in (Path(folder) / file for file in files if not file.endswith(".draft")):
                copy = target / path.relative_to(source)
                copy.parent.mkdir(parents=True, exist_ok=True)
                try:
                    shutil.copyfile(path, copy)
                except FileNotFoundError:
                    copy.unlink(missing_ok=True)


def _copy_database(source: Path, target: Path) -> None:
    """One moment of the database, by SQLite's own means (https://sqlite.org/backup.html); nobody waits."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with (
            closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True)) as live,
            closing(sqlite3.connect(target)) as copy,
        ):
            live.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file: nothing is left in a log beside it
            found = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        raise CommandFailed(f"{source} could not be copied: {error}.") from error
    if found != "ok":
        raise CommandFailed(f"{source} is damaged; nothing was saved.")
