"""An import as a job, and what keeps it."""

from pathlib import Path
from typing import Any, Protocol

from pulso_contracts.base import Strict
from pulso_contracts.feedback import Channel, ShortText
from pulso_contracts.imports import ImportJob
from pulso_contracts.peru import resolve_department
from pydantic import BaseModel, Field, field_validator

from pulso_ingest.domain.columns import fold_name, is_target

MOST_MAPPINGS = 50


class ImportOptions(Strict):
    """What holds for a whole file: defaults for absent cells, and what its columns are called."""

    channel: Channel | None = None
    source: ShortText | None = None
    region: ShortText | None = None
    product: ShortText | None = None
    product_category: ShortText | None = None
    map: list[str] = Field(default=[], max_length=MOST_MAPPINGS)
    """`<column>=<field>` each; a field may be `metadata.<key>`."""

    @field_validator("region")
    @classmethod
    def _known(cls, region: str | None) -> str | None:
        if region and resolve_department(region) is None:
            raise ValueError("must name a department of Peru")
        return region or None

    @field_validator("map")
    @classmethod
    def _pairs(cls, pairs: list[str]) -> list[str]:
        for pair in pairs:
            column, equals, field = pair.rpartition("=")
            if not equals or not fold_name(column) or not is_target(field.strip()):
                raise ValueError("must be <column>=<field>, with a field of feedback or metadata.<key>")
        return pairs

    def mapping(self) -> dict[str, str]:
        """Folded column to field."""
        return {
            fold_name(column): field.strip()
            for column, _, field in (pair.rpartition("=") for pair in self.map)
        }

    def defaults(self) -> dict[str, Any]:
        """Field to value, for cells that are absent or blank."""
        return self.model_dump(exclude={"map"}, exclude_none=True)


class JobRecord(BaseModel):
    """All that is kept of a job; a worker changes it in place.

    `attempts` counts the starts since a chunk was read, so that a file that kills the process is given up.
    """

    job: ImportJob
    options: ImportOptions
    request_id: str | None = None
    traceparent: str | None = None
    attempts: int = 0


class JobStore(Protocol):
    """Where uploads and jobs are kept. Calls block, and raise OSError when the place cannot be written."""

    def lead(self) -> bool:
        """Becomes the one process that works on these jobs, unless another is."""
        ...

    def free_bytes(self) -> int:
        """Room for uploads."""
        ...

    def incoming(self, job_id: str) -> Path:
        """A new file for the upload of a job that does not exist yet."""
        ...

    def discard(self, job_id: str) -> None:
        """Forgets an upload that did not become a job."""
        ...

    def enqueue(self, record: JobRecord) -> None:
        """Makes the upload a job, on disk when this returns."""
        ...

    def next_open(self) -> JobRecord | None:
        """The oldest job that is not finished."""
        ...

    def upload(self, job_id: str) -> Path:
        """The file of an open job."""
        ...

    def save(self, record: JobRecord) -> None:
        """Keeps the progress of an open job, on disk when this returns."""
        ...

    def finish(self, record: JobRecord) -> None:
        """Keeps the outcome and deletes the upload."""
        ...

    def open_jobs(self) -> int:
        """How many jobs are not finished."""
        ...

    def load(self, job_id: str) -> ImportJob | None:
        """The job with that id."""
        ...

    def page(self, before: str | None, limit: int) -> list[ImportJob]:
        """Jobs from the newest on, or from the one before the id `before`."""
        ...
