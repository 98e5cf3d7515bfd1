"""Briefs, and what the language model costs and gets wrong."""

from typing import Final

from monitoring.dashboards.board import Board, Kind, Panel, Row
from monitoring.dashboards.promql import increase, percentile

_BRIEFS: Final = "pulso_insights_briefs_total"
_FALLBACKS: Final = "pulso_insights_fallbacks_total"
_TOKENS: Final = "pulso_insights_model_tokens_total"
_AGREED: Final = "pulso:insights_tokens:budget1d"

_DAY: Final = Row(
    "The last 24 hours",
    (
        Panel(
            "Briefs",
            "short",
            "Written, by writer.",
            {"{{writer}}": increase(_BRIEFS, "1d", by="writer")},
            Kind.FIGURE,
        ),
        Panel(
            "Fallen back",
            "percentunit",
            "Share of briefs that the built-in writer had to write.",
            {"fallen back": f"{increase(_FALLBACKS, '1d')} / {increase(_BRIEFS, '1d')}"},
            Kind.FIGURE,
            runbooks=("PulsoBriefsFallBack",),
        ),
        Panel(
            "Tokens, of what was agreed",
            "percentunit",
            "Against the recorded series `pulso:insights_tokens:budget1d`.",
            {"tokens": f"{increase(_TOKENS, '1d')} / on () group_left () max({_AGREED})"},
            Kind.FIGURE,
            runbooks=("PulsoTokensOverBudget",),
        ),
    ),
)

_HOURS: Final = Row(
    "Briefs",
    (
        Panel(
            "Written",
            "short",
            "In an hour, by writer and audience.",
            {"{{writer}} for {{audience}}": increase(_BRIEFS, "1h", by="writer, audience")},
        ),
        Panel(
            "Fallen back",
            "short",
            "In an hour, by reason: `refused` is a wrong setting, `rejected` a model that invents.",
            {"{{reason}}": increase(_FALLBACKS, "1h", by="reason")},
            runbooks=("PulsoBriefsFallBack",),
        ),
        Panel(
            "Drafts not let through",
            "short",
            "In an hour, by what was wrong with them. No reader saw them.",
            {"{{reason}}": increase("pulso_insights_drafts_rejected_total", "1h", by="reason")},
            runbooks=("PulsoDraftsRejected",),
        ),
        Panel(
            "Tokens",
            "short",
            "In an hour, as the provider counts them.",
            {"{{kind}}": increase(_TOKENS, "1h", by="kind")},
            runbooks=("PulsoTokensOverBudget",),
        ),
        Panel(
            "Time to word a brief",
            "s",
            "95 % are quicker, by writer, failed attempts included.",
            {"{{writer}}": percentile(0.95, "pulso_insights_writing_seconds", by="writer", over="1h")},
            runbooks=("PulsoBriefsFallBack",),
        ),
        Panel(
            "Time to collect its facts",
            "s",
            "95 % are quicker.",
            {"facts": percentile(0.95, "pulso_insights_collecting_seconds", over="1h")},
            runbooks=("PulsoErrorBudgetBurn",),
        ),
    ),
)

BOARD: Final = Board(
    uid="pulso-insights",
    title="Pulso: insights",
    description="Briefs by writer, drafts that were not let through, tokens and times.",
    rows=(_DAY, _HOURS),
    hours=24,
)
