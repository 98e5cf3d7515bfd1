"""All PromQL of rules, dashboards and runbooks, and what a healthy stack on one machine does not have."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import promql_parser
from promql_parser import VectorSelector

from monitoring.files import DASHBOARDS, RUNBOOKS
from monitoring.tests.rules import rules

_TROUBLE: Final = "counts a trouble; the series begins with the first"
_EXPORTER: Final = "needs an exporter that one machine does not have"
_MODEL: Final = "needs a language model"
_HISTORY: Final = "needs a thousand items of a channel in a day"

SILENT: Final = {
    'http_requests_total{handler=~"/api/v1/.+",job="gateway",status=~"5.."}': _TROUBLE,
    'http_requests_total{job="gateway",status=~"5.."}': _TROUBLE,
    'http_requests_total{job=~"gateway|ingest|sentiment|trends|insights",status=~"5.."}': _TROUBLE,
    'pulso_gateway_refused_total{reason="unavailable"}': _TROUBLE,
    'pulso_gateway_upstream_requests_total{outcome=~"unreachable|broken|timeout|refused"}': _TROUBLE,
    "pulso_insights_drafts_rejected_total": _MODEL,
    "pulso_insights_fallbacks_total": _MODEL,
    "pulso_insights_model_tokens_total": _MODEL,
    "pulso_sentiment_failed_texts_total": _TROUBLE,
    'pulso_sentiment_items_total{outcome!="scored"}': _TROUBLE,
    'pulso_sentiment_items_total{outcome="rejected"}': _TROUBLE,
    "pulso_trends_rejected_items_total": _TROUBLE,
    "pulso:doubtful:share1d": _HISTORY,
    "pulso:sentiment:share1d": _HISTORY,
    "pulso:sentiment:shift1w": _HISTORY,
    'probe_ssl_earliest_cert_expiry{job="pulso-probe"}': _EXPORTER,
    'probe_success{job="pulso-probe"}': _EXPORTER,
    'kube_cronjob_created{cronjob=~".+-backup"}': _EXPORTER,
    'kube_cronjob_status_last_successful_time{cronjob=~".+-backup"}': _EXPORTER,
    "redis_memory_max_bytes": _EXPORTER,
    "redis_memory_used_bytes": _EXPORTER,
}
"""Selectors, and why nothing matches them while all is well."""

_QUESTION: Final = re.compile(r"^promtool query instant \$PROMETHEUS '(.+)'$", re.MULTILINE)

EMPTY: Final = {
    "pulso:sentiment:share1d": _HISTORY,
    "pulso:doubtful:share1d": _HISTORY,
}
"""Recorded series that read series which exist, and are empty all the same."""


@dataclass(frozen=True, slots=True)
class Expression:
    """PromQL and where it stands; `kind` is `alert`, `record`, `panel` or `runbook`."""

    kind: str
    where: str
    text: str

    def __str__(self) -> str:
        return f"{self.kind} {self.where}"


def panels() -> Iterator[tuple[str, dict]]:
    """Each panel of each dashboard that asks something, with the dashboard's uid."""
    for path in sorted(DASHBOARDS.glob("*.json")):
        board = json.loads(path.read_text())
        for panel in board["panels"]:
            if panel["type"] != "row":
                yield board["uid"], panel


def _expressions() -> Iterator[Expression]:
    for rule in rules():
        labels = "".join(f" {value}" for value in rule.labels.values())
        yield Expression("alert" if rule.is_alert else "record", rule.name + labels, rule.expression)
    for board, panel in panels():
        for target in panel["targets"]:
            yield Expression("panel", f"{board} {panel['id']}{target['refId']}", target["expr"])
    for path in sorted(RUNBOOKS.glob("Pulso*.md")):
        for number, text in enumerate(_QUESTION.findall(path.read_text()), start=1):
            yield Expression("runbook", f"{path.stem} {number}", text)


EXPRESSIONS: Final = tuple(_expressions())


def asked_of_prometheus(text: str) -> str:
    """The expression with what Grafana would put in place of its variables."""
    return text.replace("$namespace", ".*").replace("$__rate_interval", "1m")


def selectors(text: str) -> set[str]:
    """What an expression reads: names and matchers, without namespaces, ranges and offsets."""
    found = set()

    def visit(node: promql_parser.Expr) -> None:
        vector = node.vector_selector if isinstance(node, promql_parser.MatrixSelector) else node
        if isinstance(vector, VectorSelector):
            found.add(_written(vector))

    promql_parser.walk(promql_parser.parse(text), pre_visit=visit)
    return found


def _written(selector: VectorSelector) -> str:
    matchers = sorted(
        f'{matcher.name}{_OPERATORS[str(matcher.op)]}"{matcher.value}"'
        for matcher in selector.matchers.matchers
        if matcher.name != "namespace"
    )
    return f"{selector.name}{{{','.join(matchers)}}}" if matchers else str(selector.name)


_OPERATORS: Final = {
    "MatchOp.Equal": "=",
    "MatchOp.NotEqual": "!=",
    "MatchOp.Re": "=~",
    "MatchOp.NotRe": "!~",
}
