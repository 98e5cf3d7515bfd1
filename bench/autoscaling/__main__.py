"""A day with a 20-fold peak and slow pod starts: the rendered autoscaler on real metrics, an oracle, peers.

Ages are of items, from arrival to the end of the work on them, without the fraction of a second of a batch.
"""

import logging
from typing import Final

import structlog

from bench.autoscaling import prometheus
from bench.autoscaling.demand import HOUR
from bench.autoscaling.oracle import fewest_pod_seconds
from bench.autoscaling.pods import END_SECONDS, INDEXER, MEAN_START_SECONDS, WORKER
from bench.autoscaling.rendered import Scaler, backlog_alone, by_busy_seconds, scaler
from bench.autoscaling.scaling import AtOnce, ByCpu, ByMetric, ByShard, Fixed, Way
from bench.autoscaling.simulation import Course, World, simulate
from bench.autoscaling.worlds import (
    BURST,
    PEAK_PODS,
    burst,
    days,
    indexers_days,
    part,
    workers_day_for_indexers,
)
from bench.report import Report, main

SEED: Final = 1
"""The target and the behaviour were chosen on seeds 100 and 101."""
AGE_SECONDS: Final = 30
MOST_RATIO: Final = 1.25
MOST_CHANGES: Final = 120
"""Of the number of replicas in a day: one in twelve minutes."""
_CPU_REQUEST: Final = 1.0
"""charts/sentiment/values.yaml"""


def measure(report: Report) -> None:
    """Lets each day pass with the rendered scaler, and the usual one with the others too."""
    keda, worlds = scaler("keda"), days(SEED)
    usual = part(worlds[0], 9 * HOUR, 15 * HOUR) if report.quick else worlds[0]
    for world in [usual] if report.quick else worlds:
        _tell(report, f"{world.name}: KEDA", _asked(world, keda), _oracle(world, keda), barred=True)
    if not report.quick:
        _burst(report, keda)
    _peers(report, usual, keda)
    _indexers(report)


def _indexers(report: Report) -> None:
    """From one to two, because in production both bounds are two."""
    keda, worlds = scaler("keda", INDEXER.component, min=1), indexers_days(SEED)
    if report.quick:
        worlds = (part(worlds[1], 14 * HOUR, 22 * HOUR),)
    for world in worlds:
        _tell(report, f"indexer, {world.name}: KEDA", _asked(world, keda), _oracle(world, keda), barred=True)
        _tell(report, f"indexer, {world.name}: one", simulate(world, Fixed(1), 1), _oracle(world, keda))
    if not report.quick:
        before = _asked(worlds[0], by_busy_seconds(keda))
        _tell(report, "indexer, usual: by items of a busy second", before, _oracle(worlds[0], keda))
        much = simulate(workers_day_for_indexers(SEED), Fixed(2), 2)
        report.figure("two indexers, the day of the workers: largest age in hours", much.ages.max() / HOUR)


def _burst(report: Report, keda: Scaler) -> None:
    world, oracle = burst(SEED), _oracle(burst(SEED), keda)
    ways = {
        "KEDA": _asked(world, keda),
        "all pods at once": simulate(world, AtOnce(*_bounds(keda)), keda.spec["minReplicas"]),
    }
    for name, course in ways.items():
        _tell(report, f"{world.name}: {name}", course, oracle, barred=name == "KEDA")
        own = course.age(0.99, BURST.start, BURST.start + BURST.hold)
        report.figure(f"{world.name}: {name}, p99 of the age of its own items in seconds", own)


def _peers(report: Report, usual: World, keda: Scaler) -> None:
    oracle, least = _oracle(usual, keda), keda.spec["minReplicas"]
    report.figure("usual: oracle, pod-hours", oracle / HOUR)
    report.figure(
        "usual: work alone, pod-hours", float(usual.arrivals.sum()) / WORKER.items_per_second / HOUR
    )
    if not report.quick:
        _tell(report, "usual: adapter", _asked(usual, scaler("adapter")), oracle, barred=True)
        _tell(report, "usual: backlog alone", _asked(usual, backlog_alone(keda)), oracle)
    ways: dict[str, Way] = {
        "CPU": ByCpu(scaler("cpu"), _CPU_REQUEST),
        "KEDA's Redis Streams trigger": ByShard(keda.autoscaler(), AGE_SECONDS),
        "fixed at the peak": Fixed(PEAK_PODS),
    }
    for name, way in ways.items():
        start = PEAK_PODS if isinstance(way, Fixed) else least
        _tell(report, f"usual: {name}", simulate(usual, way, start), oracle)


def _asked(world: World, rendered: Scaler) -> Course:
    with prometheus.running() as server:
        return simulate(world, ByMetric(rendered, server), rendered.spec["minReplicas"], server)


def _bounds(rendered: Scaler) -> tuple[int, int]:
    return rendered.spec["minReplicas"], rendered.spec["maxReplicas"]


def _oracle(world: World, rendered: Scaler) -> float:
    return fewest_pod_seconds(
        world.arrivals,
        world.speeds,
        rate=world.kind.items_per_second,
        limit=AGE_SECONDS,
        pods=_bounds(rendered),
        start=MEAN_START_SECONDS,
        end=END_SECONDS,
        together=world.kind.together,
    )


def _tell(report: Report, name: str, course: Course, oracle: float, *, barred: bool = False) -> None:
    """Figures of a course; `barred` holds them to the bounds."""
    figures = (
        ("p99 of the age in seconds", course.age(0.99), AGE_SECONDS),
        ("pod-hours by the oracle's", course.pod_seconds / oracle, MOST_RATIO),
        ("changes of the replicas", course.changes, MOST_CHANGES),
    )
    for what, value, bound in figures:
        if barred:
            report.at_most(f"{name}, {what}", value, bound)
        else:
            report.figure(f"{name}, {what}", value)
    report.figure(f"{name}, largest age in seconds", float(course.ages.max()))
    report.figure(f"{name}, most replicas", int(course.replicas.max()))


if __name__ == "__main__":
    # The code that tells the backlog warns each time that it cannot; here that is meant.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    main(measure)
