"""The way of an item: how much comes, how much waits, what each stage takes."""

from typing import Final

from monitoring.dashboards.board import Board, Kind, Panel, Row
from monitoring.dashboards.promql import chosen, increase, mean, percentile, rate, summed

_LOOKUPS: Final = "pulso_sentiment_cache_lookups_total"
_FOUND: Final = 'result!="miss"'
_LATE: Final = "pulso_trends_accepted_to_indexed_seconds"


def _stream(figure: str) -> str:
    """A figure of a stream: every process tells the same."""
    return f"max by (stream) ({chosen(f'pulso_streams_{figure}')})"


_NOW: Final = Row(
    "Now",
    (
        Panel(
            "Work that waits",
            "s",
            "In each stream, in seconds of work for the consumers of now. A ticket at 15 minutes.",
            {"{{stream}}": chosen("pulso:backlog:work_seconds")},
            Kind.FIGURE,
            6,
            ("PulsoBacklogTooLong",),
        ),
        Panel(
            "Oldest message",
            "s",
            "How long the oldest message has waited in its stream.",
            {"{{stream}}": _stream("oldest_message_seconds")},
            Kind.FIGURE,
            6,
            ("PulsoBacklogStandsStill",),
        ),
        Panel(
            "Dead letters",
            "short",
            "Messages that were given up and wait for `pulso dead`. Good is 0.",
            {"{{stream}}": _stream("dead_letters_messages")},
            Kind.FIGURE,
            6,
            ("PulsoDeadLetters",),
        ),
        Panel(
            "Devices busy",
            "percentunit",
            "Share of the time in which the model computes. Near 100 % with a growing backlog: add workers.",
            {"busy": f"avg(rate({chosen('pulso_sentiment_busy_seconds_total')}[$__rate_interval]))"},
            Kind.FIGURE,
            6,
            ("PulsoBacklogTooLong",),
        ),
    ),
)

_FLOW: Final = Row(
    "Flow",
    (
        Panel(
            "Items a second, by stage",
            "cps",
            "Accepted, scored and indexed: apart for long, a backlog grows or shrinks.",
            {
                "accepted": rate("pulso_streams_published_messages_total", where='stream="feedback"'),
                "scored": rate("pulso_sentiment_items_total", where='outcome="scored"'),
                "indexed": rate("pulso_trends_indexed_items_total"),
            },
        ),
        Panel(
            "Backlog",
            "short",
            "Messages that are not done: waiting, and in work.",
            {
                "{{stream}}": chosen("pulso:backlog:messages"),
                "{{stream}}, in work": _stream("pending_messages"),
                "{{stream}}, never delivered": _stream("lag_messages"),
            },
            runbooks=("PulsoBacklogStandsStill", "PulsoBacklogTooLong", "PulsoBacklogUnknown"),
        ),
        Panel(
            "From accepted to found",
            "s",
            "Time until queries find an item. Promised: 99 % within five minutes.",
            {f"{part:.0%} are quicker": percentile(part, _LATE) for part in (0.5, 0.95, 0.99)},
            runbooks=("PulsoErrorBudgetBurn",),
        ),
        Panel(
            "Not accepted",
            "cps",
            "Messages a second that a stream refused, being full or away.",
            {"{{stream}}: {{reason}}": rate("pulso_streams_refused_messages_total", by="stream, reason")},
            runbooks=("PulsoIntakeRefused",),
        ),
        Panel(
            "Tried again",
            "cps",
            "Messages a second that failed, were taken over from another consumer, or were lost to one.",
            {
                "{{stream}}: failed": rate("pulso_streams_failed_messages_total", by="stream"),
                "{{stream}}: taken over": rate("pulso_streams_claimed_messages_total", by="stream"),
                "{{stream}}: lost": rate("pulso_streams_lost_leases_total", by="stream"),
            },
            runbooks=("PulsoModelFails", "PulsoDatabaseUnavailable"),
        ),
        Panel(
            "Given up",
            "short",
            "In an hour: messages moved to the dead letters, and groups made anew after a loss of data.",
            {
                "{{stream}}: dead": increase("pulso_streams_dead_messages_total", "1h", by="stream"),
                "{{stream}}: groups": increase("pulso_streams_recreated_groups_total", "1h", by="stream"),
            },
            runbooks=("PulsoDeadLetters", "PulsoStreamDataLost"),
        ),
    ),
)

_MODEL: Final = Row(
    "The model",
    (
        Panel(
            "Tokens a second",
            "cps",
            "What the model reads, and the padding computed beside it.",
            {
                "tokens": rate("pulso_sentiment_tokens_total"),
                "padding": rate("pulso_sentiment_padding_tokens_total"),
            },
        ),
        Panel(
            "Texts in a batch",
            "short",
            "Mean size of the batches on the device: large when much waits.",
            {"texts": mean("pulso_sentiment_batch_texts")},
        ),
        Panel(
            "Answers from the caches",
            "percentunit",
            "Share of texts that were not scored anew, by where the answer was.",
            {
                "{{result}}": f"{rate(_LOOKUPS, by='result', where=_FOUND)}"
                f" / on () group_left () {rate(_LOOKUPS)}"
            },
        ),
        Panel(
            "Waiting for a device",
            "s",
            "95 % of the windows of text wait less, by lane.",
            {"{{lane}}": percentile(0.95, "pulso_sentiment_wait_seconds", by="lane")},
        ),
        Panel(
            "Waiting calls",
            "short",
            "Estimated tokens of admitted calls, by lane: what the API is scaled on.",
            {"{{lane}}": summed(chosen("pulso_sentiment_queued_tokens"), "lane")},
        ),
        Panel(
            "Of the machine's peak",
            "percentunit",
            "Part of the peak of matrix products reached while computing.",
            {"peak": f"avg({chosen('pulso_sentiment_peak_share')})"},
        ),
        Panel(
            "Failures of the model",
            "short",
            "In an hour: batches that raised, texts that failed alone, calls refused for too much work.",
            {
                "batches": increase("pulso_sentiment_failed_batches_total", "1h"),
                "texts: {{stage}}": increase("pulso_sentiment_failed_texts_total", "1h", by="stage"),
                "refused calls": increase("pulso_sentiment_refused_requests_total", "1h"),
            },
            runbooks=("PulsoModelFails",),
        ),
        Panel(
            "Shared cache away",
            "short",
            "Times in an hour that it was left alone for five seconds.",
            {"times": increase("pulso_sentiment_cache_failures_total", "1h")},
        ),
        Panel(
            "Models loaded",
            "short",
            "Processes by version of their model: more than one version only during a release.",
            {
                "{{version}} on {{runtime}}": summed(
                    chosen("pulso_sentiment_model_info"), "version, runtime"
                ),
            },
            runbooks=("PulsoModelDoubtful",),
        ),
    ),
)

_STAGES: Final = Row(
    "Stages and stores",
    (
        Panel(
            "Per batch",
            "s",
            "Mean time of one step: into the stream, tokenising, the device, the next stream, the database.",
            {
                "accept": mean("pulso_ingest_publish_seconds"),
                "tokenise": mean("pulso_sentiment_tokenise_seconds"),
                "infer": mean("pulso_sentiment_infer_seconds"),
                "hand over": mean("pulso_sentiment_publish_seconds"),
                "index": mean("pulso_trends_index_batch_seconds"),
            },
        ),
        Panel(
            "The database",
            "short",
            "In an hour: batches put off because it did not answer, and items stored before.",
            {
                "put off": increase("pulso_trends_store_retries_total", "1h"),
                "known items": increase("pulso_trends_duplicate_items_total", "1h"),
            },
            runbooks=("PulsoDatabaseUnavailable",),
        ),
        Panel(
            "Events not processed",
            "short",
            "In an hour: not by the contract, or failed.",
            {
                "trends: {{reason}}": increase("pulso_trends_rejected_items_total", "1h", by="reason"),
                "sentiment: {{outcome}}": increase(
                    "pulso_sentiment_items_total", "1h", by="outcome", where='outcome!="scored"'
                ),
            },
            runbooks=("PulsoEventsRejected", "PulsoDeadLetters"),
        ),
        Panel(
            "Memory of Redis",
            "bytes",
            "Needs a redis_exporter.",
            {
                "{{instance}} used": chosen("redis_memory_used_bytes"),
                "{{instance}} allowed": chosen("redis_memory_max_bytes"),
            },
            width=24,
            runbooks=("PulsoStreamMemory",),
        ),
    ),
)

BOARD: Final = Board(
    uid="pulso-pipeline",
    title="Pulso: the way of an item",
    description="From acceptance to the database: rates, backlogs, ages, the model's work, times.",
    rows=(_NOW, _FLOW, _MODEL, _STAGES),
)
