"""What the rules of Prometheus say."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from monitoring.files import RULES


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of Prometheus: `name` is that of its alert or of the series that it records."""

    name: str
    is_alert: bool
    expression: str
    labels: dict[str, str]
    annotations: dict[str, str]


def rules() -> Iterator[Rule]:
    """All rules, in the order of the files."""
    for path in RULES:
        content = yaml.safe_load(path.read_text())
        for group in content["groups"]:
            for rule in group["rules"]:
                is_alert = "alert" in rule
                yield Rule(
                    name=rule["alert" if is_alert else "record"],
                    is_alert=is_alert,
                    expression=rule["expr"],
                    labels=rule.get("labels", {}),
                    annotations=rule.get("annotations", {}),
                )
