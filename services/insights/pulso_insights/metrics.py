"""Insights' own metrics; `metrics.md` tells what each means."""

from prometheus_client import Counter, Histogram

BRIEFS_WRITTEN = Counter(
    "pulso_insights_briefs_total", "Briefs written, by writer and audience.", ["writer", "audience"]
)
FALLBACKS = Counter(
    "pulso_insights_fallbacks_total",
    "Briefs that the built-in writer wrote because the language model did not, by reason.",
    ["reason"],
)
DRAFTS_REJECTED = Counter(
    "pulso_insights_drafts_rejected_total", "Answers of the language model not let through.", ["reason"]
)
MODEL_TOKENS = Counter(
    "pulso_insights_model_tokens_total", "Tokens told by the language model's API.", ["kind"]
)
WRITING_SECONDS = Histogram(
    "pulso_insights_writing_seconds",
    "Wording one brief, without collecting its facts.",
    ["writer"],
    buckets=(0.001, 0.01, 0.1, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0),
)
COLLECTING_SECONDS = Histogram(
    "pulso_insights_collecting_seconds",
    "Collecting the facts of one brief from trends.",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0),
)
