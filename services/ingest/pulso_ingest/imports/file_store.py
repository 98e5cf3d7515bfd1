"""Jobs as files: `open/<id>/{upload,job.json}` while there is work, then `done/<id>.json`.

Folders are renamed and files replaced in one step: a crash leaves the state before or after, never between.
One process at a time works on the jobs of a folder; any number may add and show them.
"""

import fcntl
import os
import shutil
import time
from pathlib import Path
from typing import Final

import structlog
from pulso_contracts.imports import ImportJob
from pydantic import ValidationError

from pulso_ingest.imports.jobs import JobRecord

MOST_DONE: Final = 1_000
"""Finished jobs kept; the oldest go first."""
ABANDONED_SECONDS: Final = 3_600.0
"""An upload that has not grown for so long lost its process."""

log = structlog.get_logger(__name__)


class FileJobStore:
    """A `JobStore` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._incoming, self._open, self._done = (folder / name for name in ("incoming", "open", "done"))
        for path in (self._incoming, self._open, self._done):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock_file = folder / "lock"
        self._lock: int | None = None
        for path in self._incoming.glob("*/upload"):
            if time.time() - path.stat().st_mtime > ABANDONED_SECONDS:
                shutil.rmtree(path.parent, ignore_errors=True)

    def lead(self) -> bool:
        """Becomes the one process that works on this folder's jobs, unless another is and still lives."""
        if self._lock is None:
            lock = os.open(self._lock_file, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(lock)
                return False
            self._lock = lock
        return True

    def close(self) -> None:
        """Lets another process work on the jobs."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def free_bytes(self) -> int:
        """Room for uploads."""
        return shutil.disk_usage(self._incoming).free

    def incoming(self, job_id: str) -> Path:
        """A new file for the upload of a job that does not exist yet."""
        folder = self._incoming / job_id
        folder.mkdir(mode=0o700)
        return folder / "upload"

    def discard(self, job_id: str) -> None:
        """Forgets an upload that did not become a job."""
        shutil.rmtree(self._incoming / job_id, ignore_errors=True)

    def enqueue(self, record: JobRecord) -> None:
        """Makes the upload a job, on disk when this returns."""
        folder = self._incoming / record.job.id
        _write(folder / "job.json", record)
        folder.rename(self._open / record.job.id)
        _sync(self._open)

    def next_open(self) -> JobRecord | None:
        """The oldest job that is not finished."""
        for folder in sorted(self._open.iterdir()):
            if (self._done / f"{folder.name}.json").exists():  # killed between the two steps of `finish`
                shutil.rmtree(folder, ignore_errors=True)
            elif (record := _read(folder / "job.json")) is not None:
                return record
        return None

    def upload(self, job_id: str) -> Path:
        """The file of an open job."""
        return self._open / job_id / "upload"

    def save(self, record: JobRecord) -> None:
        """Keeps the progress of an open job, on disk when this returns."""
        _write(self._open / record.job.id / "job.json", record)

    def finish(self, record: JobRecord) -> None:
        """Keeps the outcome and deletes the upload."""
        _write(self._done / f"{record.job.id}.json", record)
        shutil.rmtree(self._open / record.job.id, ignore_errors=True)
        for old in sorted(self._done.glob("*.json"))[:-MOST_DONE]:
            old.unlink(missing_ok=True)

    def open_jobs(self) -> int:
        """How many jobs are not finished."""
        return sum(1 for _ in self._open.iterdir())

    def load(self, job_id: str) -> ImportJob | None:
        """The job with that id."""
        # In this order: a job that is finished between the two looks is found by the second.
        record = _read(self._open / job_id / "job.json") or _read(self._done / f"{job_id}.json")
        return None if record is None else record.job

    def page(self, before: str | None, limit: int) -> list[ImportJob]:
        """Jobs from the newest on, or from the one before the id `before`."""
        ids = {path.name for path in self._open.iterdir()} | {path.stem for path in self._done.glob("*.json")}
        chosen = sorted((job_id for job_id in ids if before is None or job_id < before), reverse=True)[:limit]
        return [job for job in map(self.load, chosen) if job is not None]


def _read(path: Path) -> JobRecord | None:
    try:
        return JobRecord.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return None
    except ValidationError:
        log.exception("import.record_unreadable", job=path.parent.name)
        return None


def _write(path: Path, record: JobRecord) -> None:
    """Replaces the file in one step, synced, so that a reader or a power cut sees the old or the new one."""
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(record.model_dump_json().encode())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
