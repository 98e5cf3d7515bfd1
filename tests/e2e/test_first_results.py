"""Where the first table draws its lines between days."""

import csv
from datetime import datetime, time, timedelta

import pytest
from pulso_cli.gateway import Gateway
from pulso_cli.movement import Counts
from pulso_cli.results import first_results
from pulso_contracts.base import LIMA

pytestmark = pytest.mark.timeout(300)  # starting whole stacks, maybe beside other tests


@pytest.fixture
def today():
    return datetime.now(LIMA).date()


def test_periods_hold_the_days_that_their_titles_say(stack, today, tmp_path):
    """By days ago: 84 is too old, 83 to 21 are before, 20 to 0 are recent; nights in Lima are no next day."""
    items = {84: 50, 83: 3, 21: 2, 20: 40, 1: 5}
    file = tmp_path / "days.csv"
    with file.open("w", newline="", encoding="utf-8") as target:
        rows = csv.writer(target)
        rows.writerow(["text", "channel", "region", "product", "created_at"])
        for days, count in items.items():
            for n in range(count):
                late = datetime.combine(today - timedelta(days=days), time(23, 30), LIMA)
                rows.writerow([f"Excelente {n}", "other", "Tumbes", "days", late.isoformat()])
    assert stack.pulso("import", str(file), "--wait").returncode == 0
    with Gateway(stack.url, stack.key) as gateway:
        results = first_results(gateway, today)
    (move,) = [move for move in results.volume if move.cell.product == "days"]
    assert move.cell.region == "Tumbes"
    assert (move.cell.before, move.cell.recent) == (Counts(5, 0), Counts(45, 0))
    (tumbes,) = [series for series in results.regions if series.key == "Tumbes"]
    assert tumbes.total.count == 50
