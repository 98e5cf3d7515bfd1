"""The cache's metrics; `metrics.md` of the service tells what each means."""

from prometheus_client import Counter, Gauge

LOOKUPS = Counter(
    "pulso_sentiment_cache_lookups_total",
    "Texts and clauses looked up among the kept answers, by where one was found.",
    ["result"],
)
ENTRIES = Gauge("pulso_sentiment_cache_entries", "Answers that this process keeps.")
FAILURES = Counter(
    "pulso_sentiment_cache_failures_total",
    "Times that the shared cache was out of reach or too slow and was left alone for a while.",
)
