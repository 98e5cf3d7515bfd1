"""The simulator of autoscaling: real Prometheus in simulated time, oracle, ages, the rendered scaler."""

from dataclasses import replace

import numpy as np
import pytest

from bench.autoscaling import prometheus
from bench.autoscaling.demand import DAY, FOLD, HOUR, day
from bench.autoscaling.metrics import Metrics
from bench.autoscaling.oracle import fewest_pod_seconds
from bench.autoscaling.pods import INDEXER, WORKER, Fleet, Kind
from bench.autoscaling.remote_write import STALE, series
from bench.autoscaling.rendered import scaler
from bench.autoscaling.scaling import ByMetric, Fixed, Moment
from bench.autoscaling.simulation import World, simulate
from bench.autoscaling.worlds import part, world


@pytest.fixture
def server():
    with prometheus.running() as running:
        yield running


RATE = WORKER.items_per_second


def steady(pods: float, seconds: int, kind: Kind = WORKER) -> World:
    """Work for so many pods."""
    return World("steady", np.full(seconds, pods * kind.items_per_second), np.ones(seconds), 0, kind)


def test_prometheus_takes_samples_of_simulated_times_and_keeps_them_over_a_restart(server):
    counted = series("items_total", {"pod": "a"})
    for second in range(0, 300, 15):
        server.write([(counted, 7.0 * second)], second)
    assert server.ask("sum(rate(items_total[2m]))", 285) == pytest.approx(7)
    server.stop()
    server.start()
    assert server.ask("max(items_total)", 285) == 7 * 285
    server.write([(counted, STALE)], 300)
    assert server.ask("max(items_total)", 300) is None


@pytest.mark.parametrize("by", ["keda", "adapter"])
async def test_the_rendered_query_counts_what_waits_and_what_comes_by_what_a_pod_can_do(server, by):
    asked, fleet, metrics = scaler(by), Fleet(WORKER, 0, 3), Metrics(WORKER)
    for second in range(0, 601, 15):
        await metrics.tell_backlog(2_000.0)
        server.write(metrics.scrape(fleet, second, 200.0 * second), second)
        for _ in range(15):
            fleet.second(second, 10 * RATE, 1.0)
    speed = np.mean([pod.factor for pod in fleet.pods])
    expected = (2_000 + 20 * 200) / (RATE * speed)
    assert server.ask(asked.query, 600) == pytest.approx(expected, rel=0.001)
    metrics.server.away = True
    await metrics.tell_backlog(2_000.0)
    server.write(metrics.scrape(fleet, 615, 200.0 * 615), 615)
    assert server.ask(asked.query, 615) is None


@pytest.mark.parametrize("by", ["keda", "adapter"])
async def test_the_indexers_query_counts_by_the_figure_of_the_values(server, by):
    asked, fleet, metrics = scaler(by, INDEXER.component), Fleet(INDEXER, 0, 2), Metrics(INDEXER)
    for second in range(0, 301, 15):
        await metrics.tell_backlog(3_700.0)
        server.write(metrics.scrape(fleet, second, 185.0 * second), second)
        fleet.second(second, 185.0, 1.0)
    assert server.ask(asked.query, 300) == pytest.approx((3_700 + 20 * 185) / INDEXER.items_per_second)


def test_a_second_indexer_adds_what_waiting_for_the_turn_leaves():
    one, two, three = (simulate(steady(1.3, 600, INDEXER), Fixed(pods), pods) for pods in (1, 2, 3))
    assert one.age(1.0) > two.age(1.0) > 60
    assert two.age(1.0) == three.age(1.0)


def test_a_fresh_stream_is_counted_by_the_rate_of_the_values(server):
    server.write([(series("pulso_streams_backlog_messages", _LABELS), 1_600.0)], 0)
    assert server.ask(scaler("keda").query, 0) == 20


_LABELS = {
    "namespace": "tastes",
    "stream": "feedback",
    "group": "sentiment",
    "pod": "pulso-sentiment-worker-1",
}


def test_without_the_metric_keda_never_takes_replicas_away(server):
    way = ByMetric(scaler("keda"), server)
    for replicas, lasting in ((9, 9), (2, 4)):  # production has a fallback of 4
        fleet = Fleet(WORKER, 0, replicas)
        found = [way.replicas(Moment(second, fleet, 0.0, 0.0)) for second in range(0, 150, 15)]
        assert found[-1] == lasting


def test_an_hour_of_rising_demand_is_kept_up_with(server):
    morning = part(world("usual", 100), 11 * HOUR, 12 * HOUR)
    course = simulate(morning, ByMetric(scaler("keda"), server), 2, server)
    assert course.replicas[-1] >= 5
    assert course.age(0.99) <= 30
    # The same hour without anybody who scales is another matter.
    assert simulate(morning, Fixed(2), 2).age(0.99) > 300


def test_ages_are_first_come_first_done():
    late = simulate(steady(2.0, 100), Fixed(1), 1)
    speed = Fleet(WORKER, 0, 1).pods[0].factor
    # What came in the second u is done after 2·u seconds of a pod of usual speed.
    assert late.age(1.0, 25, 26) == pytest.approx(26 * (2 / speed - 1), abs=1)
    assert simulate(steady(0.5, 100), Fixed(1), 1).ages.max() <= 1


def test_the_oracle_starts_pods_ahead_and_pays_for_their_start():
    arrivals = np.concatenate([np.full(600, 0.9), np.full(600, 2.9)]) * RATE
    told = {"rate": RATE, "limit": 30, "pods": (1, 5), "start": 75.0, "end": 6.0}
    cost = fewest_pod_seconds(arrivals, np.ones(1_200), **told)
    # One pod for ten minutes, then three, and two starts. Thirty seconds of work may be left at the end.
    whole = 600 + 3 * 600 + 2 * 75
    assert whole - 3 * 30 - 60 <= cost <= whole


def test_the_oracle_s_cost_is_never_below_the_work():
    arrivals = np.random.default_rng(5).poisson(2.5 * RATE, 1_200).astype(float)
    told = {"rate": RATE, "limit": 30, "pods": (1, 5), "start": 75.0, "end": 6.0}
    assert fewest_pod_seconds(arrivals, np.ones(1_200), **told) >= arrivals[:-30].sum() / RATE


def test_a_day_has_a_twentyfold_peak():
    curve = np.mean([day(1_000, seed).reshape(-1, 600).mean(axis=1) for seed in range(8)], axis=0)
    assert len(curve) * 600 == DAY
    assert curve.max() / curve.min() == pytest.approx(FOLD, rel=0.15)


def test_a_pod_works_after_its_start_and_for_a_moment_after_its_end():
    fleet = Fleet(WORKER, 0, 1)
    fleet.scale(2, 0)
    assert len(fleet.working(30)) == 1
    assert len(fleet.working(200)) == 2
    fleet.scale(1, 200)
    fleet.second(200, 10_000, 1.0)
    assert len(fleet.working(201)) == 2
    fleet.second(207, 10_000, 1.0)
    assert len(fleet.working(207)) == 1


def test_a_change_of_the_chart_is_seen():
    keda = scaler("keda")
    assert (keda.spec["minReplicas"], keda.spec["maxReplicas"], keda.target) == (2, 20, 18)
    assert replace(keda, target=9.0).autoscaler().most == 20
