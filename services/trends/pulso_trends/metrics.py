"""What the service counts; metrics.md says what each metric means."""

from datetime import datetime

from prometheus_client import Counter, Gauge, Histogram
from pulso_contracts.events import FeedbackScored
from pulso_contracts.peru import DEPARTMENTS
from pulso_contracts.scoring import Flag

INDEXED = Counter("pulso_trends_indexed_items_total", "Items stored and rolled up", ["channel", "sentiment"])
HEARD = Counter(
    "pulso_trends_department_items_total",
    "Items stored, by where they come from",
    ["department", "sentiment"],
)
DOUBTFUL = Counter(
    "pulso_trends_doubtful_items_total", "Items stored of whose sentiment the model was not sure", ["channel"]
)
DUPLICATES = Counter("pulso_trends_duplicate_items_total", "Deliveries of items that were stored before")
REJECTED = Counter(
    "pulso_trends_rejected_items_total",
    "Messages moved to the dead letters at once, or dropped because they are older than what is kept",
    ["reason"],
)
RETRIES = Counter(
    "pulso_trends_store_retries_total", "Batches put off because the database was not available"
)
BATCH_SECONDS = Histogram(
    "pulso_trends_index_batch_seconds",
    "Time to store one batch",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
# From a live item (well below a second) to the tail of a long import (hours).
INDEX_LAG_SECONDS = Histogram(
    "pulso_trends_accepted_to_indexed_seconds",
    "Time from acceptance to being found by queries",
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400),
)
QUERY_SECONDS = Histogram(
    "pulso_trends_query_seconds",
    "Time to answer one query, with the database's part",
    ["query"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
LIVE_CLIENTS = Gauge("pulso_trends_live_clients", "Clients that listen to the live feed")

WATCHED = Gauge(
    "pulso_trends_watched_timestamp_seconds", "When the watch was last done with all that was due"
)
ALARMS = Counter(
    "pulso_trends_alarms_total", "Alarms raised: something is talked of more, or less, than before."
)
LOOK_SECONDS = Histogram("pulso_trends_look_seconds", "Time to test all series of what people talk about.")
SEGMENTS_SECONDS = Histogram(
    "pulso_trends_segments_seconds",
    "Time to compute the segments.",
    buckets=(0.1, 0.5, 1, 5, 10, 30, 60, 120, 300),
)
RECOUNTED_DAYS = Counter(
    "pulso_trends_recounted_days_total", "Days counted anew after a change of what is counted."
)
FORGOTTEN = Counter(
    "pulso_trends_forgotten_items_total", "Items deleted because they were older than what is kept."
)
OLDEST_ITEM = Gauge(
    "pulso_trends_oldest_item_timestamp_seconds", "When the oldest item that is stored was written."
)
TOPICS = Gauge("pulso_trends_topics", "Topics, as this process made them last.")

_DEPARTMENTS = frozenset(department.name for department in DEPARTMENTS)


def count_indexed(event: FeedbackScored, now: datetime) -> None:
    """Counts one item that is stored; a place that is no department counts as `none`."""
    INDEXED.labels(event.channel, event.sentiment).inc()
    HEARD.labels(event.region if event.region in _DEPARTMENTS else "none", event.sentiment).inc()
    # Adding nothing makes the series: a share of doubtful answers is then 0, not unknown.
    DOUBTFUL.labels(event.channel).inc(Flag.LOW_CONFIDENCE in event.flags)
    INDEX_LAG_SECONDS.observe(max(0.0, (now - event.accepted_at).total_seconds()))
