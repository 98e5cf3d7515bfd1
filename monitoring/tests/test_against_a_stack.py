"""Every expression, asked of a real Prometheus that scrapes a real stack at work."""

import subprocess
import time

import httpx
import pytest
import yaml
from pulso_cli.stack.ports import free_ports

from monitoring.files import PROMETHEUS
from monitoring.server import CONFIGURATION, command
from monitoring.tests.expressions import EMPTY, EXPRESSIONS, SILENT, asked_of_prometheus, selectors
from monitoring.tests.load import produce_load
from tests.e2e.conftest import Stack, eventually

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]  # starts a whole stack, maybe beside other tests


def configuration_for(targets):
    """The configuration of `make monitor` for a stack elsewhere, at a quicker pace."""
    content = yaml.safe_load(CONFIGURATION.read_text())
    content["global"] = {"scrape_interval": "1s", "evaluation_interval": "1s"}
    content["rule_files"] = [str(PROMETHEUS / pattern) for pattern in content["rule_files"]]
    for scraping in content["scrape_configs"]:
        for discovery in scraping["file_sd_configs"]:
            discovery["files"] = [str(targets)]
    return content


class Prometheus:
    def __init__(self, url):
        self._client = httpx.Client(base_url=url, timeout=30)
        self.close = self._client.close

    def ready(self):
        try:
            return self._client.get("/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    def get(self, path, **parameters):
        answer = self._client.get(f"/api/v1/{path}", params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()["data"]

    def series(self, expression):
        return self.get("query", query=expression)["result"]

    def seen(self, selector):
        return self.series(f"last_over_time({selector}[5m])")

    def all_up(self):
        return len(self.series("up == 1")) == 5


@pytest.fixture(scope="module")
def prometheus(tmp_path_factory):
    """Has seen a stack do all that makes metrics, and has judged it."""
    folder = tmp_path_factory.mktemp("monitored")
    stack = Stack(folder / "data", "--no-sample")
    server = prometheus = None
    try:
        stack.wait()
        configuration = folder / "prometheus.yml"
        configuration.write_text(yaml.safe_dump(configuration_for(stack.root / "prometheus-targets.json")))
        port = free_ports(1)[0]
        with (folder / "prometheus.log").open("wb") as log:
            server = subprocess.Popen(
                command(folder / "prometheus", port=port, configuration=configuration),
                stdout=log,
                stderr=log,
            )
        prometheus = Prometheus(f"http://127.0.0.1:{port}")
        eventually(prometheus.ready)
        eventually(prometheus.all_up)
        # Counters with labels are born with their first event, which no rate sees: everything happens twice.
        for _ in range(2):
            produce_load(stack)
            time.sleep(6)  # some scrapes, and the streams' gauges, which are renewed every five seconds
        yield prometheus
    finally:
        if prometheus is not None:
            prometheus.close()
        if server is not None:
            server.kill()
            server.wait()
        stack.stop()


def test_the_whole_stack_is_scraped_under_the_names_that_rules_know(prometheus):
    assert {series["metric"]["job"] for series in prometheus.series("up == 1")} == {
        "gateway",
        "ingest",
        "sentiment",
        "trends",
        "insights",
    }


def test_all_rules_are_evaluated_without_an_error(prometheus):
    groups = prometheus.get("rules")["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    assert [rule["name"] for rule in rules if rule["health"] != "ok"] == []
    assert sum(rule["type"] == "alerting" for rule in rules) == sum(e.kind == "alert" for e in EXPRESSIONS)


def test_a_healthy_stack_raises_no_alarm(prometheus):
    firing = prometheus.series('ALERTS{alertstate="firing"}')
    assert {alert["metric"]["alertname"] for alert in firing} == {"PulsoWatchdog"}


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_each_expression_reads_series_that_exist(prometheus, expression):
    asked = asked_of_prometheus(expression.text)
    found = prometheus.series(asked)
    read = selectors(asked)
    for selector in read - SILENT.keys():
        assert prometheus.seen(selector), f"nothing matches {selector}"
    if (
        expression.kind in {"record", "panel"}
        and not (read & SILENT.keys())
        and expression.where not in EMPTY
    ):
        assert found, f"{asked} is empty"


def test_what_is_called_silent_is_silent(prometheus):
    """What has data after all leaves the list, and is checked like the others."""
    assert {selector for selector in SILENT if prometheus.seen(selector)} == set()
    assert {record for record in EMPTY if prometheus.seen(record)} == set()
