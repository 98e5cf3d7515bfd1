"""Sends a file through the gateway as any user would, and follows it until people can see it."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pulso_contracts.imports import ImportJob, ImportState
from pulso_contracts.trends import IndexStatus
from rich.progress import Progress, TaskID

from pulso_cli.console import progress, rate
from pulso_cli.failures import CommandFailed, ExitCode
from pulso_cli.gateway import Gateway

_CHUNK_BYTES = 256 * 1024
_POLL_SECONDS = 0.25
STALLED_SECONDS = 120.0
"""No item more in trends for so long: something is wrong, and the dead letters or logs tell what."""
_FINAL = (ImportState.COMPLETED, ImportState.FAILED)


@dataclass(frozen=True)
class FileToImport:
    """A file and what holds for each of its rows that does not say otherwise."""

    path: Path
    defaults: Mapping[str, str | None] = field(default_factory=dict)
    """Values for channel, source, region and product."""
    columns: tuple[str, ...] = ()
    """`theirs=ours` for columns with other names."""


def import_file(gateway: Gateway, file: FileToImport, *, wait: bool) -> ImportJob:
    """Uploads the file; with `wait` returns when its rows are scored and in trends.

    Raises:
        CommandFailed: The file cannot be read or is refused, or the import fails or stalls.
    """
    with progress() as bars:
        before = _index(gateway).items if wait else 0
        job = _upload(gateway, file, bars)
        if wait:
            job = _follow(gateway, job, bars)
            _wait_for_trends(gateway, before, job.accepted, bars)
    return job


def _upload(gateway: Gateway, file: FileToImport, bars: Progress) -> ImportJob:
    try:
        size = file.path.stat().st_size
        task = bars.add_task(f"Sending {file.path.name}", total=size, figures="")
        answer = gateway.upload(
            "/imports",
            _pieces(file.path, bars, task),
            {"Content-Type": "application/octet-stream", "Content-Length": str(size)},
            {"filename": file.path.name, "map": list(file.columns), **file.defaults},
        )
    except OSError as error:
        raise CommandFailed(f"{file.path} cannot be read: {error.strerror}.", ExitCode.USAGE) from error
    return ImportJob.model_validate(answer)


def _pieces(path: Path, bars: Progress, task: TaskID) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(_CHUNK_BYTES):
            yield piece
            bars.update(task, advance=len(piece))


def _follow(gateway: Gateway, job: ImportJob, bars: Progress) -> ImportJob:
    task = bars.add_task("Reading rows", total=job.bytes_total or None, figures="")
    while job.state not in _FINAL:
        time.sleep(_POLL_SECONDS)
        job = ImportJob.model_validate(gateway.get(f"/imports/{job.id}"))
        bars.update(task, completed=job.bytes_read, figures=rate(bars, task, job.rows, "rows"))
    if job.state is ImportState.FAILED:
        raise CommandFailed(f"The import failed: {job.error}", ExitCode.REFUSED)
    return job


def _wait_for_trends(gateway: Gateway, before: int, expected: int, bars: Progress) -> None:
    task = bars.add_task("Scoring and indexing", total=expected, figures="")
    seen, last_change = 0, time.monotonic()
    while True:
        index = _index(gateway)
        if index.items - before >= expected or (index.unscored, index.waiting) == (0, 0):
            return
        if index.items - before != seen:
            seen, last_change = index.items - before, time.monotonic()
        elif time.monotonic() - last_change > STALLED_SECONDS:
            raise CommandFailed(
                f"{expected - seen:,} accepted items are not in trends, and none came for "
                f"{STALLED_SECONDS:.0f} s; `pulso status` and the logs tell more."
            )
        bars.update(task, completed=min(seen, expected), figures=rate(bars, task, seen, "items"))
        time.sleep(_POLL_SECONDS)


def _index(gateway: Gateway) -> IndexStatus:
    return IndexStatus.model_validate(gateway.get("/trends/status"))
