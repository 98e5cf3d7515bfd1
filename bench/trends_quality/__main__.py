"""How many of the trends that are raised are noise, and how many planted ones are found; four peers."""

import os
import statistics
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Final

import numpy as np
from pulso_trends.domain.emerging.arms import REACH
from pulso_trends.domain.emerging.discoveries import FALSE_SHARE
from pulso_trends.domain.emerging.standing import Direction, Standing
from pulso_trends.domain.emerging.verdicts import verdicts

from bench.report import Report, main
from bench.trends_quality.peers import PEERS
from bench.trends_quality.streams import DAYS, Scenario, stream
from bench.trends_quality.tally import Tally, tally

SEEDS: Final = 10
LISTED: Final = "Pulso, list of the day"
ALARMS: Final = "Pulso, alarms"
SCENARIOS: Final = (
    Scenario("tripled"),
    Scenario("doubled", factor=2.0),
    Scenario("nothing happens", events=0),
    Scenario("log-normal, r 0.5", dispersion=0.0, sigma=0.3, memory=0.5),
    Scenario("log-normal, r 0.7", dispersion=0.0, sigma=0.3, memory=0.7),
    Scenario("surges and back-fills", surges=True),
    Scenario("brigades", brigades=20),
)
QUICK: Final = (SCENARIOS[0], SCENARIOS[4])


def measure(report: Report) -> None:
    """Watches every stream day by day with all ways."""
    scenarios, seeds = (QUICK, 1) if report.quick else (SCENARIOS, SEEDS)
    runs = [(scenario, seed) for seed in range(seeds) for scenario in scenarios]
    found: dict[str, dict[str, Tally]] = {each.name: defaultdict(Tally) for each in scenarios}
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as workers:
        for (scenario, _), tallies in zip(runs, workers.map(_watched, runs), strict=True):
            for way, result in tallies.items():
                found[scenario.name][way].add(result)
    for scenario in scenarios:
        _tell(report, scenario, found[scenario.name])


def _watched(run: tuple[Scenario, int]) -> dict[str, Tally]:
    scenario, seed = run
    drawn = stream(scenario, seed)
    series = [(str(number), "") for number in range(len(drawn.base))]
    standing = Standing()
    flags: dict[str, list[tuple[int, np.ndarray, int]]] = defaultdict(list)
    for day in range(REACH, DAYS):
        seen = verdicts(drawn.voices, day + 1)
        q_rising, q_falling = seen.q_values
        flags[LISTED].append((day, q_rising <= FALSE_SHARE, int((q_falling <= FALSE_SHARE).sum())))
        new, _ = standing.next_day(series, seen)
        ups = np.zeros(len(series), bool)
        ups[[int(alarm.series[0]) for alarm in new if alarm.direction is Direction.UP]] = True
        flags[ALARMS].append((day, ups, len(new) - int(ups.sum())))
        for name, peer in PEERS.items():
            flags[name].append((day, peer(drawn.items, day + 1), 0))
    return {way: tally(drawn, several) for way, several in flags.items()}


def _tell(report: Report, scenario: Scenario, tallies: dict[str, Tally]) -> None:
    name = scenario.name
    if not scenario.events:
        for way, result in tallies.items():
            told = report.at_most if way in {LISTED, ALARMS} else _unbound(report)
            told(f"{name}: false flags a day, {way}", result.wrong / result.days, 0.2)
        return
    for way, result in tallies.items():
        told = report.at_most if way in {LISTED, ALARMS} else _unbound(report)
        told(f"{name}: false share, {way}", result.false_share, FALSE_SHARE)
    for way, result in tallies.items():
        barred = way == LISTED and name == "tripled"
        told = report.at_least if barred else _unbound(report)
        told(f"{name}: found within 7 days, {way}", result.soon / result.planted, 0.80)
        told(
            f"{name}: … base at least 1 a day, {way}", result.soon_often / max(result.planted_often, 1), 0.92
        )
        report.figure(f"{name}: found within 14 days, {way}", result.later / result.planted)
        if result.delays:
            told = report.at_most if barred else _unbound(report)
            told(f"{name}: median delay in days, {way}", statistics.median(result.delays), 3)


def _unbound(report: Report) -> Callable[[str, float, float], None]:
    """Tells a figure without holding it to the bound."""
    return lambda name, value, _: report.figure(name, value)


if __name__ == "__main__":
    main(measure)
