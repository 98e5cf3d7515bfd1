"""The rules and the scraping as objects of the Prometheus operator, made of the files in `prometheus/`."""

from typing import Any, Final

import yaml

from monitoring.files import RULES

MADE: Final = (
    "# Made by `python -m monitoring.generate` from monitoring/prometheus/rules; not to be edited.\n"
)
SERVICES: Final = ("gateway", "ingest", "sentiment", "trends", "insights")
_LABELS: Final = {"app.kubernetes.io/name": "pulso"}


def prometheus_rule() -> dict[str, Any]:
    """One PrometheusRule with all groups."""
    groups = [group for path in RULES for group in yaml.safe_load(path.read_text())["groups"]]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "pulso", "labels": _LABELS},
        "spec": {"groups": groups},
    }


def pod_monitor() -> dict[str, Any]:
    """Scrapes each pod of the five services, workers too, which no Service need stand before.

    The rules know a service by `job`, which is the pods' label `service`. A label `service` of the target
    itself would hide the gateway's metric label of that name.
    """
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PodMonitor",
        "metadata": {"name": "pulso", "labels": _LABELS},
        "spec": {
            "selector": {
                "matchLabels": _LABELS,
                "matchExpressions": [{"key": "service", "operator": "In", "values": list(SERVICES)}],
            },
            "podMetricsEndpoints": [
                {
                    "port": "http",
                    "path": "/metrics",
                    "interval": "15s",
                    "relabelings": [
                        {"sourceLabels": ["__meta_kubernetes_pod_label_service"], "targetLabel": "job"},
                        {"action": "labeldrop", "regex": "service|container|endpoint"},
                    ],
                }
            ],
        },
    }


def as_yaml(document: dict[str, Any]) -> str:
    """The object as a file."""
    return MADE + yaml.dump(document, Dumper=_Readable, sort_keys=False, width=110, allow_unicode=True)


class _Readable(yaml.SafeDumper):
    """Expressions of several lines stay so, and nothing is written as a reference to something before."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Readable.add_representer(str, _text)
