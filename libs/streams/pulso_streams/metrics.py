"""The metrics of this package; ``metrics.md`` says what each means."""

from prometheus_client import Counter, Gauge

PUBLISHED = Counter("pulso_streams_published_messages", "Messages accepted by a stream", ["stream"])
DUPLICATES = Counter(
    "pulso_streams_duplicate_messages", "Messages published again within the de-duplication time", ["stream"]
)
REFUSED = Counter("pulso_streams_refused_messages", "Messages refused", ["stream", "reason"])

FETCHED = Counter("pulso_streams_fetched_messages", "Messages delivered to a consumer", ["stream", "group"])
CLAIMED = Counter(
    "pulso_streams_claimed_messages", "Messages taken over from another delivery", ["stream", "group"]
)
COMPLETED = Counter("pulso_streams_completed_messages", "Messages done and deleted", ["stream", "group"])
FAILED = Counter("pulso_streams_failed_messages", "Messages put back after a failure", ["stream", "group"])
DEAD = Counter("pulso_streams_dead_messages", "Messages moved to the dead letters", ["stream", "group"])
LEASES_LOST = Counter(
    "pulso_streams_lost_leases", "Deliveries that another consumer took over", ["stream", "group"]
)
GROUPS_RECREATED = Counter(
    "pulso_streams_recreated_groups", "Groups made again after a loss of data", ["stream", "group"]
)

BACKLOG_LENGTH = Gauge("pulso_streams_backlog_messages", "Messages waiting or in work", ["stream", "group"])
BACKLOG_PENDING = Gauge("pulso_streams_pending_messages", "Messages in work", ["stream", "group"])
BACKLOG_LAG = Gauge("pulso_streams_lag_messages", "Messages never delivered yet", ["stream", "group"])
BACKLOG_DEAD = Gauge(
    "pulso_streams_dead_letters_messages", "Dead letters waiting for a decision", ["stream", "group"]
)
OLDEST_AGE = Gauge("pulso_streams_oldest_message_seconds", "Age of the oldest message", ["stream", "group"])
