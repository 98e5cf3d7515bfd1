"""The service's own metrics; `metrics.md` tells what each means."""

from prometheus_client import Counter, Gauge, Histogram

_SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)

TEXTS = Counter("pulso_sentiment_texts_total", "Texts, clauses and windows that the model read.")
TOKENS = Counter("pulso_sentiment_tokens_total", "Tokens that the model read, without padding.")
PADDED_TOKENS = Counter("pulso_sentiment_padding_tokens_total", "Padding tokens computed beside them.")
BATCH_TEXTS = Histogram(
    "pulso_sentiment_batch_texts", "Texts per batch on the device.", buckets=(1, 2, 4, 8, 16, 32, 64)
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
    "pulso_sentiment_queued_tokens",
    "Estimated tokens of admitted interactive requests that are not answered.",
)
WAITING_TEXTS = Gauge("pulso_sentiment_waiting_texts", "Texts that wait for the device.", ["lane"])
REFUSED_REQUESTS = Counter(
    "pulso_sentiment_refused_requests_total", "Requests refused because the queue was full."
)
FAILED_BATCHES = Counter(
    "pulso_sentiment_failed_batches_total", "Batches that raised and were retried one by one."
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
