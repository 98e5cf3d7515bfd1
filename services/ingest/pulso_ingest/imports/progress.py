"""What an import has done so far."""

from collections.abc import Sequence
from typing import Final

from pulso_contracts.imports import ImportJob, RejectedRow
from pulso_streams import PublishStatus

from pulso_ingest.domain.columns import MOST_NAMES_SHOWN, shown
from pulso_ingest.intake import Outcome
from pulso_ingest.metrics import IMPORT_ROWS

MOST_REJECTED_SHOWN: Final = 1_000
MOST_REGIONS_SHOWN: Final = 100
OTHER_REGIONS: Final = "(others)"


def advanced(job: ImportJob, numbers: Sequence[int], outcomes: Sequence[Outcome], position: int) -> ImportJob:
    """The job after one more chunk.

    Args:
        job: As it was.
        numbers: The row numbers of the chunk.
        outcomes: What became of each row.
        position: Bytes of the upload read.
    """
    statuses = [outcome[1] for outcome in outcomes if isinstance(outcome, tuple)]
    accepted = statuses.count(PublishStatus.ACCEPTED)
    rejected = [
        RejectedRow(row=number, errors=outcome)
        for number, outcome in zip(numbers, outcomes, strict=True)
        if isinstance(outcome, list)
    ]
    for status, rows in (
        ("accepted", accepted),
        ("duplicate", len(statuses) - accepted),
        ("rejected", len(rejected)),
    ):
        IMPORT_ROWS.labels(status).inc(rows)
    return job.model_copy(
        update={
            "bytes_read": min(position, job.bytes_total),
            "rows": job.rows + len(outcomes),
            "accepted": job.accepted + accepted,
            "duplicates": job.duplicates + len(statuses) - accepted,
            "rejected": job.rejected + len(rejected),
            "rejected_rows": [*job.rejected_rows, *rejected][:MOST_REJECTED_SHOWN],
            "unknown_regions": _regions(job.unknown_regions, outcomes),
        }
    )


def with_ignored(job: ImportJob, names: Sequence[str]) -> ImportJob:
    """The job with more columns known to be ignored."""
    known = list(dict.fromkeys((*job.ignored_columns, *names)))[:MOST_NAMES_SHOWN]
    return job if known == job.ignored_columns else job.model_copy(update={"ignored_columns": known})


def _regions(known: dict[str, int], outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts = dict(known)
    for outcome in outcomes:
        if isinstance(outcome, list) or outcome[0].unknown_region is None:
            continue
        name = shown(outcome[0].unknown_region)
        if name not in counts and len(counts) >= MOST_REGIONS_SHOWN:
            name = OTHER_REGIONS
        counts[name] = counts.get(name, 0) + 1
    return counts
