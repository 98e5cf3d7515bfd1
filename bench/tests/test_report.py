"""The form that all benchmarks share."""

import json
import sys

import pytest

from bench.report import Report, main


def run(monkeypatch, arguments: list[str], measure) -> int:
    monkeypatch.setattr(sys, "argv", ["bench", *arguments])
    with pytest.raises(SystemExit) as ended:
        main(measure)
    return int(ended.value.code)


def test_json_holds_machine_figures_and_bars(monkeypatch, tmp_path, capsys):
    file = tmp_path / "figures.json"

    def measure(report: Report) -> None:
        assert report.quick
        report.figure("items", 3)
        report.at_most("ready_seconds", 6.32154, 10)
        report.at_least("items_per_second", 300, 300)

    assert run(monkeypatch, ["--quick", "--json", str(file)], measure) == 0
    written = json.loads(file.read_text())
    assert set(written) == {"machine", "figures", "bars"}
    assert written["machine"]["cores"] >= 1
    assert written["figures"] == {"items": 3, "ready_seconds": 6.322, "items_per_second": 300}
    assert written["bars"] == {
        "ready_seconds": {"value": 6.322, "bound": 10, "holds": True},
        "items_per_second": {"value": 300, "bound": 300, "holds": True},
    }
    assert "ready_seconds" in capsys.readouterr().out


def test_a_bar_that_does_not_hold_is_told_and_ends_with_status_1(monkeypatch, capsys):
    assert run(monkeypatch, [], lambda report: report.at_most("ready_seconds", 10.01, 10)) == 1
    assert "FAILS" in capsys.readouterr().out
