"""What is heard, as far as Prometheus knows it; the API tells the rest."""

from typing import Final

from monitoring.dashboards.board import Board, Kind, Panel, Row
from monitoring.dashboards.promql import chosen, increase, mean, rate

_INDEXED: Final = "pulso_trends_indexed_items_total"
_HEARD: Final = "pulso_trends_department_items_total"
_SENT: Final = "pulso_ingest_items_total"
_DOUBTFUL: Final = "pulso_trends_doubtful_items_total"
_NEGATIVE: Final = 'sentiment="negative"'
_ACCEPTED: Final = 'status="accepted"'
_KNOWN: Final = 'status="duplicate"'

_DAY: Final = Row(
    "The last 24 hours",
    (
        Panel("Items", "short", "Items indexed.", {"items": increase(_INDEXED, "1d")}, Kind.FIGURE, 6),
        Panel(
            "Negative",
            "percentunit",
            "Share of negative items as the model read them; the API also corrects for what it confuses.",
            {"negative": f"{increase(_INDEXED, '1d', where=_NEGATIVE)} / {increase(_INDEXED, '1d')}"},
            Kind.FIGURE,
            6,
            ("PulsoSentimentShift",),
        ),
        Panel(
            "Doubtful",
            "percentunit",
            "Share of items of whose sentiment the model was not sure.",
            {"doubtful": f"{increase(_DOUBTFUL, '1d')} / {increase(_INDEXED, '1d')}"},
            Kind.FIGURE,
            6,
            ("PulsoModelDoubtful",),
        ),
        Panel(
            "Alarms",
            "short",
            "Changes in what people talk about that were raised: GET /api/v1/trends/emerging.",
            {"alarms": increase("pulso_trends_alarms_total", "1d")},
            Kind.FIGURE,
            6,
        ),
    ),
)

_ITEMS: Final = Row(
    "Items",
    (
        Panel(
            "By channel",
            "cpm",
            "New items accepted a minute.",
            {"{{channel}}": f"60 * {rate(_SENT, by='channel', where=_ACCEPTED)}"},
        ),
        Panel(
            "By sentiment",
            "cpm",
            "Items indexed a minute.",
            {"{{sentiment}}": f"60 * {rate(_INDEXED, by='sentiment')}"},
        ),
        Panel(
            "Negative, by channel",
            "percentunit",
            "Share of negative items in the last hour; jumps where few items come.",
            {
                "{{channel}}": f"{increase(_INDEXED, '1h', by='channel', where=_NEGATIVE)}"
                f" / {increase(_INDEXED, '1h', by='channel')}"
            },
            runbooks=("PulsoSentimentShift",),
        ),
        Panel(
            "Departments",
            "short",
            "Items indexed in the last 24 hours; `none` are those without a department.",
            {"{{department}}": f"sort_desc({increase(_HEARD, '1d', by='department')})"},
            Kind.BARS,
            12,
        ),
        Panel(
            "Negative, by department",
            "percentunit",
            "Share of negative items in the last 24 hours.",
            {
                "{{department}}": f"sort_desc({increase(_HEARD, '1d', by='department', where=_NEGATIVE)}"
                f" / {increase(_HEARD, '1d', by='department')})"
            },
            Kind.BARS,
            12,
        ),
    ),
)

_INTAKE: Final = Row(
    "What comes in",
    (
        Panel(
            "Rejected",
            "cpm",
            "Items a minute that were malformed, by their first wrong field.",
            {"{{field}}": f"60 * {rate('pulso_ingest_rejected_items_total', by='field')}"},
            width=6,
            runbooks=("PulsoSourceRejected",),
        ),
        Panel(
            "Sent again",
            "cpm",
            "Items a minute that were known already.",
            {"{{channel}}": f"60 * {rate(_SENT, by='channel', where=_KNOWN)}"},
            width=6,
        ),
        Panel(
            "Personal data taken out",
            "cpm",
            "Places a minute in accepted texts that were redacted.",
            {"{{kind}}": f"60 * {rate('pulso_ingest_redactions_total', by='kind')}"},
            width=6,
        ),
        Panel(
            "Unknown places",
            "percentunit",
            "Share of accepted items whose region names no department.",
            {"unknown": f"{rate('pulso_ingest_unknown_regions_total')} / {rate(_SENT, where=_ACCEPTED)}"},
            width=6,
            runbooks=("PulsoUnknownRegions",),
        ),
        Panel(
            "Open imports",
            "short",
            "Files that wait or are being read.",
            {"open": f"sum({chosen('pulso_ingest_open_imports')})"},
            width=12,
            runbooks=("PulsoImportStuck",),
        ),
        Panel(
            "Rows of files",
            "cps",
            "Rows of imports a second, by what became of them.",
            {"{{status}}": rate("pulso_ingest_import_rows_total", by="status")},
            width=12,
            runbooks=("PulsoImportStuck",),
        ),
    ),
)

_DRIFT: Final = Row(
    "Drift: a day against the same weekday a week before",
    (
        Panel(
            "Doubtful answers",
            "percentunit",
            "Share of the last day, for channels with a thousand items in it. A ticket at 5 points more.",
            {"{{channel}}": chosen("pulso:doubtful:share1d")},
            width=12,
            runbooks=("PulsoModelDoubtful",),
        ),
        Panel(
            "Shift of sentiments",
            "percentunit",
            "Items that would have to be of another sentiment to be as a week ago. A ticket at 10 %.",
            {"{{channel}}": chosen("pulso:sentiment:shift1w")},
            width=12,
            runbooks=("PulsoSentimentShift",),
        ),
    ),
)

_WATCH: Final = Row(
    "The watch over trends",
    (
        Panel(
            "Age",
            "s",
            "Since it was last done with all that was due; a minute or two while items come.",
            {"age": f"time() - max({chosen('pulso_trends_watched_timestamp_seconds')})"},
            runbooks=("PulsoWatchStale",),
        ),
        Panel(
            "A look",
            "s",
            "Mean time of one look at all concepts in all places.",
            {"look": mean("pulso_trends_look_seconds", over="1h")},
            runbooks=("PulsoWatchStale",),
        ),
        Panel(
            "Days counted anew",
            "short",
            "In an hour, after a change of the taxonomy.",
            {"days": increase("pulso_trends_recounted_days_total", "1h")},
        ),
    ),
)

BOARD: Final = Board(
    uid="pulso-business",
    title="Pulso: what is heard",
    description="Items by channel, sentiment and department, their quality, and what the watch finds.",
    rows=(_DAY, _ITEMS, _INTAKE, _DRIFT, _WATCH),
    hours=24,
)
