"""The gateway's own metrics; `metrics.md` tells what each means."""

from prometheus_client import Counter, Gauge, Histogram

UPSTREAM_REQUESTS = Counter(
    "pulso_gateway_upstream_requests_total",
    "Requests sent on to a service, by how they ended.",
    ["service", "outcome"],
)
UPSTREAM_SECONDS = Histogram(
    "pulso_gateway_upstream_first_byte_seconds",
    "From sending a request on until the service's answer begins.",
    ["service"],
    buckets=(0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
OPEN_ANSWERS = Gauge("pulso_gateway_open_answers", "Answers being passed back now.", ["service"])
REFUSED = Counter("pulso_gateway_refused_total", "Requests refused at the door, by reason.", ["reason"])
KEY_FALLBACKS = Counter(
    "pulso_gateway_key_fallbacks_total",
    "Times that the database did not answer and a key was let in by memory.",
)
RATE_FALLBACKS = Counter(
    "pulso_gateway_rate_fallbacks_total", "Times that Redis did not answer and rates were counted in memory."
)
