"""The dashboards as Grafana gets them. No Grafana is at hand, so their structure is checked here."""

import json
import re
from collections import Counter

import promql_parser
import pytest
import yaml
from grafana_foundation_sdk.models import units

from monitoring.dashboards import BOARDS
from monitoring.files import DASHBOARDS, MONITORING, RUNBOOKS
from monitoring.generate import generated
from monitoring.tests.expressions import EXPRESSIONS, asked_of_prometheus, panels, selectors

FILES = sorted(DASHBOARDS.glob("*.json"))
UNITS = {value for name, value in vars(units).items() if not name.startswith("_") and isinstance(value, str)}
EXPORTERS = {"redis_memory_used_bytes", "redis_memory_max_bytes"}


@pytest.mark.parametrize("path", list(generated()), ids=lambda path: path.name)
def test_generated_files_are_in_step(path):
    assert path.read_text() == generated()[path], "run `python -m monitoring.generate`"


def test_no_dashboard_is_left_over():
    assert set(FILES) == set(generated())


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_dashboard_has_a_lasting_address_and_asks_one_prometheus(path):
    board = json.loads(path.read_text())
    assert board["uid"] == path.stem
    assert re.fullmatch(r"pulso-[a-z]{1,34}", board["uid"])
    assert board["title"].startswith("Pulso: ")
    variables = {variable["name"]: variable for variable in board["templating"]["list"]}
    assert variables.keys() == {"datasource", "namespace", "docs"}
    assert (variables["datasource"]["type"], variables["datasource"]["query"]) == ("datasource", "prometheus")
    identifiers = [panel["id"] for panel in board["panels"]]
    assert sorted(identifiers) == list(range(1, len(identifiers) + 1))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_panels_lie_side_by_side(path):
    taken = Counter()
    for panel in json.loads(path.read_text())["panels"]:
        place = panel["gridPos"]
        assert 0 <= place["x"] < place["x"] + place["w"] <= 24
        taken.update(
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        )
    assert max(taken.values()) == 1


def test_titles_of_dashboards_and_of_panels_under_one_heading_differ():
    assert len({board.title for board in BOARDS}) == len({board.uid for board in BOARDS}) == len(BOARDS)
    for board in BOARDS:
        for row in board.rows:
            titles = [panel.title for panel in row.panels]
            assert len(set(titles)) == len(titles), (board.uid, row.title)


@pytest.mark.parametrize("panel", [panel for _, panel in panels()], ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows(panel):
    assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
    assert panel["description"].endswith(".")
    assert panel["datasource"] == {"type": "prometheus", "uid": "${datasource}"}
    assert [target["refId"] for target in panel["targets"]] == list("ABCDEFGH"[: len(panel["targets"])])
    assert all(target["legendFormat"] for target in panel["targets"])
    for link in panel.get("links", []):
        name = re.fullmatch(r"\$\{docs\}/runbooks/(\w+\.md)", link["url"])[1]
        assert (RUNBOOKS / name).exists()


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_expressions_are_promql_over_one_namespace_at_a_time(expression):
    promql_parser.parse(asked_of_prometheus(expression.text))
    if expression.kind == "panel":
        named = selectors(asked_of_prometheus(expression.text))
        unscoped = {name for name in named if not name.startswith(("slo:budget", "pulso:insights", "ALERTS"))}
        assert expression.text.count('namespace=~"$namespace"') >= len(unscoped)


def test_every_series_that_is_read_is_made_somewhere():
    """By the code, by a rule, by Prometheus itself, or by an exporter that is named."""
    made = {rule.split()[0] for rule in (e.where for e in EXPRESSIONS if e.kind == "record")}
    code = "\n".join(
        path.read_text()
        for pattern in ("services/*/pulso_*/**/metrics.py", "libs/*/pulso_*/metrics.py")
        for path in MONITORING.parent.glob(pattern)
    )
    for expression in EXPRESSIONS:
        for selector in selectors(asked_of_prometheus(expression.text)):
            name = selector.partition("{")[0]
            if name.startswith("pulso_"):
                family = re.sub(r"_(total|bucket|sum|count)$", "", name)
                assert f'"{family}' in code, name
            elif not name.startswith(("http_re", "process_", "probe_", "kube_")):
                assert name in made | EXPORTERS | {"up", "ALERTS"}, name


def test_grafana_finds_the_dashboards_and_prometheus():
    provisioning = MONITORING / "grafana" / "provisioning"
    [source] = yaml.safe_load((provisioning / "datasources" / "prometheus.yaml").read_text())["datasources"]
    [provider] = yaml.safe_load((provisioning / "dashboards" / "pulso.yaml").read_text())["providers"]
    assert (source["type"], source["isDefault"]) == ("prometheus", True)
    assert provider["type"] == "file"
    assert provider["options"]["path"].endswith("/dashboards")
