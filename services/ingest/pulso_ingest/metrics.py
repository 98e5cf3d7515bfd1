"""Ingest's own metrics; `metrics.md` beside the package says what each means."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge, Histogram
from pulso_contracts.feedback import FeedbackIn, FieldError

from pulso_ingest.domain.receiving import Received

ITEMS = Counter("pulso_ingest_items", "Items answered, by what became of them.", ["channel", "status"])
REJECTED = Counter("pulso_ingest_rejected_items", "Items rejected, by their first wrong field.", ["field"])
REDACTIONS = Counter("pulso_ingest_redactions", "Personal data taken out of accepted items.", ["kind"])
UNKNOWN_REGIONS = Counter("pulso_ingest_unknown_regions", "Accepted items whose region names no department.")
PUBLISH_SECONDS = Histogram(
    "pulso_ingest_publish_seconds",
    "Time until a batch was in the stream.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0),
)
IMPORT_ROWS = Counter("pulso_ingest_import_rows", "Rows of imported files.", ["status"])
OPEN_IMPORTS = Gauge("pulso_ingest_open_imports", "Imports queued or running.")


def count_published(received: Received, status: str) -> None:
    """Counts one item that is in the stream; a duplicate's contents were counted when it was new."""
    ITEMS.labels(received.event.channel, status).inc()
    if status == "accepted":
        for kind, times in received.redactions.items():
            REDACTIONS.labels(kind).inc(times)
        if received.unknown_region is not None:
            UNKNOWN_REGIONS.inc()


def count_rejected(errors: Iterable[FieldError]) -> None:
    """Counts one rejected item; names that are no field of ours stay out of the label."""
    first = next((error.field.partition(".")[0] for error in errors), "")
    REJECTED.labels(first if first in FeedbackIn.model_fields else "item").inc()
