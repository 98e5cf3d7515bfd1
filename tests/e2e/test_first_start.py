"""The first `pulso up` of a newcomer: sample feed, first table, real model."""

import pytest
from pulso_cli.sample import PLANTED


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_first_table_shows_planted_trends_and_the_feed_comes_once(start):
    first = start("stack", "--sample", model=None)
    shown = first.printed("Ctrl-C stops it.", seconds=500)
    assert f"{first.url}/" in shown
    assert first.key in shown
    assert "Lima" in shown
    seen = [trend.product for trend in PLANTED if trend.product in shown]
    assert len(seen) >= 2, shown
    items = first.indexed()
    assert items >= 5_000
    with first.api() as api:
        series = api.get(
            "/trends/sentiment", params={"group_by": "region", "from": "2020-01-01", "bucket": "month"}
        )
        regions = [one["key"] for one in series.json()["series"]]
    assert len(set(regions) - {None}) == 25
    assert regions[0] == "Lima"
    assert first.stop() == 0, first.output.read_text()

    second = start("stack", "--sample")
    second.printed("Ctrl-C stops it.", times=2)
    assert second.indexed() == items
