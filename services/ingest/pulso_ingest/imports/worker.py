"""Works through the open imports, one after the other.

A chunk is published, then the progress is saved. A process killed in between does that one chunk again, and
the stream knows its items: they are counted as duplicates, and none is there twice.
"""

import asyncio
from collections.abc import Callable, Generator
from datetime import UTC, datetime
from typing import Final, TypeVar

import structlog
from pulso_contracts.imports import ImportJob, ImportState
from pulso_kit.context import request_id
from pulso_kit.health import Health
from pulso_kit.tracing.spans import continued
from pulso_streams import StreamFull, StreamUnavailable

from pulso_ingest.imports.jobs import JobRecord, JobStore
from pulso_ingest.imports.progress import advanced, with_ignored
from pulso_ingest.imports.reading import Chunk, read_chunks
from pulso_ingest.imports.rows import UnreadableFile
from pulso_ingest.intake import Intake, Outcome
from pulso_ingest.metrics import OPEN_IMPORTS
from pulso_ingest.settings import IngestSettings

POLL_SECONDS: Final = 1.0
"""Other processes may add jobs to the same folder."""
DISK_RETRY_SECONDS: Final = 5.0
MOST_ATTEMPTS: Final = 5
"""Starts that ended before a chunk was read; then the file is what kills the process."""

log = structlog.get_logger(__name__)
T = TypeVar("T")
Chunks = Generator[Chunk, None, None]


class _ShuttingDown(Exception):
    """The process ends; the job stays open and goes on with the next one."""


class ImportWorker:
    """The background loop of imports."""

    def __init__(self, store: JobStore, intake: Intake, settings: IngestSettings, health: Health) -> None:
        self._store = store
        self._intake = intake
        self._settings = settings
        self._draining = health.draining
        self._added = asyncio.Event()

    def notify(self) -> None:
        """Tells that a job was added, so that it starts at once."""
        self._added.set()

    async def run(self) -> None:
        """Works until the process drains."""
        try:
            while not self._draining.is_set():
                self._added.clear()
                record = await self._on_disk(self._next)
                if record is None:
                    await self._pause(POLL_SECONDS, or_until=self._added)
                else:
                    with continued(record.traceparent):
                        await self._import(record)
        except _ShuttingDown:
            log.info("imports.paused")

    def _next(self) -> JobRecord | None:
        OPEN_IMPORTS.set(self._store.open_jobs())
        return self._store.next_open() if self._store.lead() else None

    async def _import(self, record: JobRecord) -> None:
        request_id.set(record.request_id)
        record.attempts += 1
        record.job = _changed(record.job, state=ImportState.RUNNING)
        await self._save(record)
        log.info("import.started", job=record.job.id, row=record.job.rows, attempt=record.attempts)
        error = None
        try:
            await self._read(record)
            record.job = _changed(record.job, state=ImportState.COMPLETED, bytes_read=record.job.bytes_total)
        except UnreadableFile as reason:
            error = str(reason)
            record.job = _changed(record.job, state=ImportState.FAILED)
        record.job = job = _changed(record.job, finished_at=datetime.now(UTC), error=error)
        await self._on_disk(lambda: self._store.finish(record))
        counts = {"rows": job.rows, "accepted": job.accepted, "duplicates": job.duplicates}
        log.info("import.finished", job=job.id, state=job.state.value, rejected=job.rejected, **counts)

    async def _read(self, record: JobRecord) -> None:
        """Publishes chunk by chunk and keeps `record` in step.

        Raises:
            UnreadableFile: What came before is published all the same.
        """
        if record.attempts > MOST_ATTEMPTS:
            raise UnreadableFile(f"Reading on after row {record.job.rows} stopped the service repeatedly.")
        chunks = read_chunks(
            self._store.upload(record.job.id),
            record.job,
            record.options,
            self._intake.prepare,
            chunk_rows=self._settings.import_chunk_rows,
            limit=self._settings.max_expanded_bytes,
        )
        try:
            while (chunk := await self._next_chunk(chunks, record.job)) is not None:
                if record.attempts:
                    record.attempts = 0
                    await self._save(record)
                outcomes = await self._publish(chunk)
                job = with_ignored(record.job, chunk.ignored)
                record.job = advanced(job, chunk.numbers, outcomes, chunk.position)
                await self._save(record)
        finally:
            await asyncio.to_thread(chunks.close)

    async def _next_chunk(self, chunks: Chunks, job: ImportJob) -> Chunk | None:
        if self._draining.is_set():
            raise _ShuttingDown
        try:
            return await asyncio.to_thread(next, chunks, None)
        except UnreadableFile:
            raise
        except Exception as error:
            log.exception("import.unreadable", job=job.id, row=job.rows)
            raise UnreadableFile(f"The file could not be read on after row {job.rows}.") from error

    async def _publish(self, chunk: Chunk) -> list[Outcome]:
        """Publishes, waiting as long as the stream is full or away: that is the back-pressure."""
        while True:
            try:
                return await self._intake.publish(chunk.prepared)
            except (StreamFull, StreamUnavailable) as error:
                log.info("import.waiting", reason=type(error).__name__)
                await self._pause(error.retry_after)

    async def _save(self, record: JobRecord) -> None:
        await self._on_disk(lambda: self._store.save(record))

    async def _on_disk(self, call: Callable[[], T]) -> T:
        """Calls in a thread, again and again while the disk is full or away."""
        while True:
            try:
                return await asyncio.to_thread(call)
            except OSError:
                log.exception("imports.disk")
                await self._pause(DISK_RETRY_SECONDS)

    async def _pause(self, seconds: float, or_until: asyncio.Event | None = None) -> None:
        events = [self._draining] if or_until is None else [self._draining, or_until]
        waits = [asyncio.create_task(event.wait()) for event in events]
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
        if self._draining.is_set():
            raise _ShuttingDown


def _changed(job: ImportJob, **changes: object) -> ImportJob:
    return job.model_copy(update=changes)
