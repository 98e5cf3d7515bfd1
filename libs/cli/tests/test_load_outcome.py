"""The figures of a load test."""

from collections import Counter
from itertools import chain

from pulso_cli.load.feed import batches
from pulso_cli.load.outcome import Outcome, quantile, summary


def test_a_quantile_is_the_smallest_value_that_the_share_does_not_exceed():
    values = [float(number) for number in range(100, 0, -1)]
    assert [quantile(values, share) for share in (0.5, 0.95, 0.99, 1.0)] == [50, 95, 99, 100]
    assert quantile([3.0], 0.01) == 3
    assert quantile([], 0.5) is None


def test_what_was_refused_or_never_seen_is_not_clean():
    fine = {"offered": 10, "accepted": 10, "sending_seconds": 5.0, "drain_seconds": 0.0}
    assert Outcome(**fine).clean
    assert not Outcome(**{**fine, "accepted": 9}).clean
    assert not Outcome(**{**fine, "drain_seconds": None}).clean
    assert not Outcome(**fine, followed=2, freshness=[0.1]).clean


def test_rates_count_the_time_in_which_the_work_was_done():
    figures = summary(Outcome(600, 300, Counter({"503": 300}), sending_seconds=10.0, drain_seconds=20.0))
    assert figures["offered_items_per_second"] == 60
    assert figures["indexed_items_per_second"] == 10
    assert figures["not_accepted_items"] == {"503": 300}
    assert figures["request_p99_seconds"] is None


def test_each_item_of_a_run_is_an_item_of_its_own():
    sent = list(chain.from_iterable(batches("run", 500, 30)))
    assert len(sent) == 500
    assert len({item["external_id"] for item in sent}) == 500
    assert {item["source"] for item in sent} == {"load-test"}
    assert not any("created_at" in item for item in sent)
