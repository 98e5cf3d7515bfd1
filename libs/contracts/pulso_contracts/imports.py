"""File imports as jobs."""

from enum import StrEnum

from pulso_contracts.base import Lenient, UtcDatetime
from pulso_contracts.feedback import FieldError


class ImportState(StrEnum):
    """Where an import stands."""

    QUEUED = "queued"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"


class RejectedRow(Lenient):
    """A row that was not accepted: its 1-based number in the file (a header counts) and why."""

    row: int
    errors: list[FieldError]


class ImportJob(Lenient):
    """The state of one import. Counts are rows; `bytes_read` of `bytes_total` tells how far it is."""

    id: str
    state: ImportState
    filename: str
    created_at: UtcDatetime
    finished_at: UtcDatetime | None = None
    bytes_total: int
    bytes_read: int = 0
    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    rejected_rows: list[RejectedRow] = []
    ignored_columns: list[str] = []
    unknown_regions: dict[str, int] = {}
    error: str | None = None


class ImportPage(Lenient):
    """Imports, newest first and without their rejected rows; `next_cursor` is None on the last page."""

    items: list[ImportJob]
    next_cursor: str | None = None
