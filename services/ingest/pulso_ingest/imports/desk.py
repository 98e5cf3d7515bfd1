"""Takes uploads in and answers for their jobs."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from pulso_contracts.imports import ImportJob, ImportPage, ImportState
from pulso_kit.context import request_id
from pulso_kit.errors import Malformed, NotFound, TooLarge, Unavailable, field_errors
from pulso_kit.tracing.spans import traceparent
from pydantic import ValidationError

from pulso_ingest.domain.columns import shown
from pulso_ingest.imports.jobs import ImportOptions, JobRecord, JobStore
from pulso_ingest.imports.uploading import MultipartUpload, Spool, receive_body
from pulso_ingest.imports.worker import ImportWorker
from pulso_ingest.settings import IngestSettings

FORM: Final = "multipart/form-data"
FORM_OVERHEAD: Final = 128 * 1024
RESERVED_BYTES: Final = 512 * 1024 * 1024
"""Left free on the disk: the queue or a database may live on it as well."""
RETRY_SECONDS: Final = 30.0
ID_FORM: Final = "[0-9]{8}T[0-9]{12}-[0-9a-f]{8}"

log = structlog.get_logger(__name__)


class ImportDesk:
    """What the endpoints of imports do, apart from HTTP."""

    def __init__(self, store: JobStore, worker: ImportWorker, settings: IngestSettings) -> None:
        self._store = store
        self._worker = worker
        self._limit = settings.max_import_bytes
        self._most_open = settings.max_open_imports

    async def accept(
        self,
        body: AsyncIterator[bytes],
        *,
        content_type: str,
        declared_bytes: int,
        filename: str | None,
        options: Mapping[str, Any],
    ) -> ImportJob:
        """Spools an upload and makes it a job; both are on disk when this returns.

        Args:
            body: The file, or a multipart form with one file; fields of the form win over `options`.
            content_type: Tells the two apart.
            declared_bytes: The body's length as announced, 0 when it was not.
            filename: The file's name, for a body that is the file.
            options: Fields of `ImportOptions`.

        Raises:
            Malformed: An option breaks its rule.
            TooLarge: The file is past the limit.
            Unavailable: Too many imports are open, or the disk cannot be written.
        """
        parsed = _options(options)
        if declared_bytes > self._limit + FORM_OVERHEAD:
            raise TooLarge(f"The file is larger than {self._limit} bytes.")
        job_id = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
        try:
            if await asyncio.to_thread(self._store.open_jobs) >= self._most_open:
                raise Unavailable("Too many imports are waiting.", retry_after=RETRY_SECONDS)
            if await asyncio.to_thread(self._store.free_bytes) < declared_bytes + RESERVED_BYTES:
                raise Unavailable("There is too little room on the disk.", retry_after=RETRY_SECONDS)
            spool = Spool(await asyncio.to_thread(self._store.incoming, job_id), self._limit)
            try:
                if content_type.lower().startswith(FORM):
                    form = MultipartUpload(content_type, spool)
                    await form.receive(body)
                    filename = form.filename
                    parsed = _options(_with_fields(options, form.fields))
                else:
                    await receive_body(body, spool)
            finally:
                spool.close()
            record = JobRecord(
                job=_job(job_id, filename, spool.size),
                options=parsed,
                request_id=request_id.get(),
                traceparent=traceparent(),
            )
            await asyncio.to_thread(self._store.enqueue, record)
        except OSError as error:
            log.exception("import.not_spooled")
            raise Unavailable("The upload cannot be stored now.", retry_after=RETRY_SECONDS) from error
        finally:
            # Whatever did not become a job is gone: a refusal, a client that left, a full disk.
            await asyncio.shield(asyncio.to_thread(self._store.discard, job_id))
        log.info("import.queued", job=job_id, bytes=record.job.bytes_total)
        self._worker.notify()
        return record.job

    async def get(self, job_id: str) -> ImportJob:
        """The job as it stands.

        Raises:
            NotFound: There is none with that id.
        """
        job = await asyncio.to_thread(self._store.load, job_id) if re.fullmatch(ID_FORM, job_id) else None
        if job is None:
            raise NotFound("No import has this id.")
        return job

    async def page(self, cursor: str | None, limit: int) -> ImportPage:
        """Jobs, newest first; `cursor` is the `next_cursor` of the page before."""
        jobs = await asyncio.to_thread(self._store.page, cursor, limit + 1)
        items = [job.model_copy(update={"rejected_rows": []}) for job in jobs[:limit]]
        return ImportPage(items=items, next_cursor=items[-1].id if len(jobs) > limit else None)


def _job(job_id: str, filename: str | None, size: int) -> ImportJob:
    base = (filename or "").replace("\\", "/").rpartition("/")[2]
    return ImportJob(
        id=job_id,
        state=ImportState.QUEUED,
        filename=shown(base) or "upload",
        created_at=datetime.now(UTC),
        bytes_total=size,
    )


def _with_fields(options: Mapping[str, Any], fields: list[tuple[str, str]]) -> dict[str, Any]:
    merged = dict(options)
    pairs = [value for name, value in fields if name == "map"]
    if pairs:
        merged["map"] = [*(merged.get("map") or ()), *pairs]
    return merged | {name: value for name, value in fields if name != "map"}


def _options(values: Mapping[str, Any]) -> ImportOptions:
    given = {name: value for name, value in values.items() if value not in (None, "")}
    try:
        return ImportOptions.model_validate(given)
    except ValidationError as error:
        raise Malformed(
            "Some options break their rules.", errors=field_errors(list(error.errors()))
        ) from None
