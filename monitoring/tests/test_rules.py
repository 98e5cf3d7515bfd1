"""The rules of Prometheus: what fires, when, and what it says to whoever is woken."""

import re

import pytest
import yaml

from monitoring.files import PROMETHEUS, RULE_TESTS, RULES, RUNBOOKS
from monitoring.tests.rules import rules

ALERTS = [rule for rule in rules() if rule.is_alert]
NAMES = sorted({rule.name for rule in ALERTS})


def expectations(alert: str) -> list[bool]:
    """Whether the alert is expected to fire, at each time at which a test looks, test by test."""
    return [
        bool(look["exp_alerts"])
        for path in RULE_TESTS
        for test in yaml.safe_load(path.read_text())["tests"]
        for look in test["alert_rule_test"]
        if look["alertname"] == alert
    ]


def test_prometheus_reads_rules_and_configuration(promtool):
    promtool("check", "rules", *RULES)
    promtool("check", "config", PROMETHEUS / "prometheus.yml")


@pytest.mark.parametrize("path", RULE_TESTS, ids=lambda path: path.stem)
def test_alerts_fire_and_end_when_they_should(promtool, path):
    promtool("test", "rules", path)


@pytest.mark.parametrize("alert", [name for name in NAMES if name != "PulsoWatchdog"])
def test_each_alert_is_tested_silent_firing_and_silent_again(alert):
    told = "".join("!" if fires else "." for fires in expectations(alert))
    assert re.search(r"\.!+\.", told), f"{alert} is seen as {told or 'nothing'}"


@pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: f"{alert.name}-{alert.labels['severity']}")
def test_each_alert_says_how_urgent_it_is_and_where_to_read_on(alert):
    assert re.fullmatch(r"Pulso[A-Z]\w+", alert.name)
    assert alert.labels["severity"] in {"page", "ticket", "none"}
    assert alert.annotations.keys() == {"summary", "description", "runbook_url"}
    assert alert.annotations["runbook_url"] == f"docs/runbooks/{alert.name}.md"
    assert alert.annotations["description"].endswith(".")


@pytest.mark.parametrize("alert", NAMES)
def test_each_alert_has_a_runbook_that_says_what_to_type(alert):
    runbook = (RUNBOOKS / f"{alert}.md").read_text()
    assert runbook.startswith(f"# {alert}\n")
    titles = re.findall(r"^## (.+)$", runbook, re.MULTILINE)
    assert titles == ["What it means", "First commands", "Likely causes", "What to do", "When to escalate"]
    commands = runbook.partition("## First commands")[2].partition("##")[0]
    assert len(re.findall(r"^```sh\n(?:.+\n){1,4}```", commands, re.MULTILINE)) == 1
    assert f"({alert}.md)" in (RUNBOOKS / "README.md").read_text()


def test_there_is_no_runbook_without_an_alert():
    assert {path.stem for path in RUNBOOKS.glob("*.md")} - {"README"} == set(NAMES)


def test_labels_that_reach_a_pager_are_no_words_of_customers():
    """Annotations speak of labels from closed lists, of figures, and of addresses of processes."""
    told = {
        label
        for alert in ALERTS
        for text in alert.annotations.values()
        for label in re.findall(r"\$labels\.(\w+)", text)
    }
    assert told <= {"slo", "job", "instance", "service", "outcome", "stream", "group", "reason", "channel"}
