"""The service's own metrics; `metrics.md` tells what each means."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

TEXTS = Counter("pulso_sentiment_texts_total", "Texts, clauses and windows that the model read.")
TOKENS = Counter("pulso_sentiment_tokens_total", "Tokens that the model read, without padding.")
PADDED_TOKENS = Counter("pulso_sentiment_padding_tokens_total", "Padding tokens computed beside them.")
BATCH_TEXTS = Histogram(
    "pulso_sentiment_batch_texts",
    "Texts per batch on the device.",
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 512, 2048),
)
TOKENISE_SECONDS = Histogram(
    "pulso_sentiment_tokenise_seconds", "Cleaning and tokenising the texts of one call.", buckets=_SECONDS
)
WAIT_SECONDS = Histogram(
    "pulso_sentiment_wait_seconds",
    "From tokenised to picked for a batch, per window.",
    ["lane"],
    buckets=_SECONDS,
)
INFER_SECONDS = Histogram("pulso_sentiment_infer_seconds", "One batch on the device.", buckets=_SECONDS)
QUEUED_TOKENS = Gauge(
    "pulso_sentiment_queued_tokens", "Estimated tokens of admitted calls that are not answered.", ["lane"]
)
WAITING_TEXTS = Gauge("pulso_sentiment_waiting_texts", "Texts that wait for a device.", ["lane"])
OLDEST_SECONDS = Gauge("pulso_sentiment_oldest_seconds", "Age of what has waited longest.", ["lane"])
OPERATIONS = Counter(
    "pulso_sentiment_operations_total", "Floating point operations for tokens, padding left out."
)
BUSY_SECONDS = Counter("pulso_sentiment_busy_seconds_total", "Time in which the devices computed.")
CAPACITY = Gauge(
    "pulso_sentiment_capacity_tokens_per_second",
    "Tokens that the devices read in a second of full batches.",
)
PEAK_OPERATIONS = Gauge(
    "pulso_sentiment_peak_operations", "Operations per second of matrix products alone, measured at start."
)
PEAK_SHARE = Gauge("pulso_sentiment_peak_share", "Achieved part of that peak over the last batches.")
REFUSED_REQUESTS = Counter(
    "pulso_sentiment_refused_requests_total", "Requests refused because the queue was full."
)
FAILED_BATCHES = Counter(
    "pulso_sentiment_failed_batches_total", "Batches that raised and were retried in halves."
)
FAILED_TEXTS = Counter("pulso_sentiment_failed_texts_total", "Texts that failed also alone.", ["stage"])
ITEMS = Counter(
    "pulso_sentiment_items_total", "Feedback items that the worker finished, by outcome.", ["outcome"]
)
PUBLISH_SECONDS = Histogram(
    "pulso_sentiment_publish_seconds", "Handing one scored batch over to the next stream.", buckets=_SECONDS
)
MODEL = Gauge(
    "pulso_sentiment_model_info", "1 for the model that is loaded.", ["version", "runtime", "precision"]
)
