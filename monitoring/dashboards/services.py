"""Each service by rate, errors and duration, and what its processes need."""

from typing import Final

from monitoring.dashboards.board import Board, Kind, Panel, Row
from monitoring.dashboards.promql import chosen, percentile, rate, summed

_REQUESTS: Final = "http_requests_total"
_DURATION: Final = "http_request_duration_seconds"
_JOBS: Final = 'job=~"gateway|ingest|sentiment|trends|insights"'
_GATEWAY: Final = 'job="gateway"'
_API: Final = f'{_GATEWAY}, handler=~"/api/v1/.+"'
_BURN: Final = ("PulsoErrorBudgetBurn",)
_BY_JOB: Final = rate(_REQUESTS, by="job", where=_JOBS)
_ERRORS_BY_JOB: Final = rate(_REQUESTS, by="job", where=f'{_JOBS}, status=~"5.."')
_PROCESS: Final = "{{job}} {{instance}}"

_RED: Final = Row(
    "Requests, errors, duration",
    (
        Panel(
            "Requests",
            "reqps",
            "A second, by service; probes and scrapes left out.",
            {"{{job}}": _BY_JOB},
        ),
        Panel(
            "Errors",
            "percentunit",
            "Share of requests answered 5xx, by service. Of the gateway's, one in a thousand is allowed.",
            {"{{job}}": f"{_ERRORS_BY_JOB} / {_BY_JOB} or 0 * {_BY_JOB}"},
            runbooks=_BURN,
        ),
        Panel(
            "Duration",
            "s",
            "95 % of the answers are quicker, by service. Endless answers count when they end.",
            {"{{job}}": percentile(0.95, _DURATION, by="job", where=_JOBS)},
            runbooks=_BURN,
        ),
    ),
)

_ROUTES: Final = Row(
    "The API, by route",
    (
        Panel(
            "Requests",
            "reqps",
            "A second, by route.",
            {"{{method}} {{handler}}": rate(_REQUESTS, by="method, handler", where=_API)},
        ),
        Panel(
            "Answers that are no success",
            "reqps",
            "A second, by route and status.",
            {"{{status}} {{handler}}": rate(_REQUESTS, by="handler, status", where=f'{_API}, status!~"2.."')},
            runbooks=_BURN,
        ),
        Panel(
            "Duration",
            "s",
            "95 % of the answers are quicker, by route.",
            {"{{handler}}": percentile(0.95, _DURATION, by="handler", where=_API)},
            runbooks=_BURN,
        ),
        Panel(
            "Time of the queries in trends",
            "s",
            "95 % are quicker, by kind of query, the database included.",
            {"{{query}}": percentile(0.95, "pulso_trends_query_seconds", by="query")},
            runbooks=_BURN,
        ),
        Panel(
            "Bytes",
            "Bps",
            "Bodies of requests and answers at the gateway.",
            {
                "in": rate("http_request_size_bytes_sum", where=_GATEWAY),
                "out": rate("http_response_size_bytes_sum", where=_GATEWAY),
            },
        ),
        Panel(
            "Listeners",
            "short",
            "Clients of the live feed.",
            {"clients": summed(chosen("pulso_trends_live_clients"))},
        ),
    ),
)

_UPSTREAM: Final = Row(
    "What the gateway sees",
    (
        Panel(
            "Outcomes",
            "reqps",
            "Requests sent on, by service and how they ended.",
            {
                "{{service}}: {{outcome}}": rate(
                    "pulso_gateway_upstream_requests_total", by="service, outcome"
                )
            },
            width=6,
            runbooks=("PulsoUpstreamFailing",),
        ),
        Panel(
            "Until the first byte",
            "s",
            "95 % of the answers begin sooner, by service.",
            {"{{service}}": percentile(0.95, "pulso_gateway_upstream_first_byte_seconds", by="service")},
            width=6,
            runbooks=("PulsoUpstreamFailing",),
        ),
        Panel(
            "Open answers",
            "short",
            "Being passed back now; for trends mostly live streams.",
            {"{{service}}": summed(chosen("pulso_gateway_open_answers"), "service")},
            width=6,
        ),
        Panel(
            "Refused at the door",
            "reqps",
            "A second, by reason; and how often rates could not be shared.",
            {
                "{{reason}}": rate("pulso_gateway_refused_total", by="reason"),
                "rates not shared": rate("pulso_gateway_rate_fallbacks_total"),
            },
            width=6,
            runbooks=("PulsoKeysTried", "PulsoRatesNotShared", "PulsoDatabaseUnavailable"),
        ),
    ),
)

_PROCESSES: Final = Row(
    "Processes",
    (
        Panel(
            "Answering",
            "short",
            "Processes that Prometheus reaches, by service.",
            {"{{job}}": summed(chosen("up", _JOBS), "job")},
            Kind.FIGURE,
            24,
            ("PulsoServiceDown", "PulsoTargetDown"),
        ),
        Panel(
            "CPU",
            "short",
            "Cores in use.",
            {_PROCESS: rate("process_cpu_seconds_total", by="job, instance", where=_JOBS)},
            width=6,
        ),
        Panel(
            "Memory",
            "bytes",
            "Resident.",
            {_PROCESS: chosen("process_resident_memory_bytes", _JOBS)},
            width=6,
        ),
        Panel(
            "Open files",
            "percentunit",
            "Of those that the process may open.",
            {_PROCESS: f"{chosen('process_open_fds', _JOBS)} / {chosen('process_max_fds', _JOBS)}"},
            width=6,
        ),
        Panel(
            "Age",
            "s",
            "Since the process started.",
            {_PROCESS: f"time() - {chosen('process_start_time_seconds', _JOBS)}"},
            width=6,
            runbooks=("PulsoProcessRestarts",),
        ),
    ),
)

BOARD: Final = Board(
    uid="pulso-services",
    title="Pulso: services",
    description="Requests, errors and durations of each service, as the gateway sees them, and processes.",
    rows=(_RED, _ROUTES, _UPSTREAM, _PROCESSES),
)
