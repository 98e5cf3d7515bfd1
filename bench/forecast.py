"""Forecasts and days outside, by back-test on simulated series: coverage and error beside two peers.

Series of nine kinds, from less than one item a day to thousands, with weekdays and Peru's holidays; each is
cut at several days, and the 14 days after each cut are compared with what was foretold. Peers on the same
days: the same weekday of last week with the spread of its own errors, and statsmodels' ETS (additive weekly
season) with its default intervals. Coverage of scores counts days with items only. Errors are scaled by the
mean error of the same weekday a week before within the history (MASE, Hyndman and Koehler 2006).
"""

import time
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pulso_trends.domain.forecasting.anomalies import Anomaly, anomalies
from pulso_trends.domain.forecasting.effects import effects
from pulso_trends.domain.forecasting.history import History
from pulso_trends.domain.forecasting.outlook import Expected, outlook
from scipy.stats import norm

from bench.report import Report, main

Floats = NDArray[np.float64]

KINDS: Final = ("scarce", "medium", "large", "holidays", "shift", "silences", "drift", "growth", "waves")
LEADS: Final = 14
WEEK: Final = 7
LEVELS: Final = (0.8, 0.95)
ITEM_SCORES: Final = np.array([-0.8, 0.05, 0.85])
MEASURES: Final = ("volume", "score")


@dataclass(frozen=True)
class Simulated:
    """A series whose kind is known, and its planted waves of one day."""

    kind: str
    history: History
    waves: frozenset[int]


def simulate(kind: str, seed: int) -> Simulated:
    """Draws a series of a kind; the same seed draws the same series."""
    random = np.random.default_rng(seed)
    days = int(random.integers(100, 560))
    first = date.fromordinal(date(2024, 7, 1).toordinal() + int(random.integers(0, 365)))
    columns = effects(first, days)
    log_rate = np.full(days, np.log(_usual_rate(kind, random)))
    log_rate += columns[:, :6] @ random.normal(0, 0.35 if kind != "scarce" else 0.2, 6)
    strength = 0.8 if kind == "holidays" else 0.15
    log_rate += columns[:, 6:] @ (strength * np.array([random.normal(-1, 0.3), random.normal(0.8, 0.3), 0.2]))
    log_rate += np.cumsum(random.normal(0, 0.04 if kind == "drift" else 0.004, days))
    if kind == "growth":
        log_rate += np.arange(days) * random.uniform(-0.003, 0.006)
    if kind == "shift":
        log_rate[int(days * random.uniform(0.3, 0.9)) :] += random.choice([-1, 1]) * random.uniform(0.5, 1.2)
    spread = random.uniform(0.02, 0.25)
    log_rate += random.normal(0, spread, days)
    waves = np.flatnonzero(random.random(days) < 0.01) if kind == "waves" else np.array([], int)
    log_rate[waves] += random.uniform(1.2, 2.2, len(waves))
    counts = random.poisson(np.exp(log_rate)).astype(float)
    if kind == "silences":
        for start in random.integers(30, days - 10, 3):
            counts[start : start + int(random.integers(2, 8))] = 0
    return Simulated(
        kind, History(first, counts, _scores(counts, columns, random)), frozenset(waves.tolist())
    )


def _usual_rate(kind: str, random: np.random.Generator) -> float:
    low, high = {"scarce": (0.4, 4), "medium": (6, 40), "large": (150, 3000)}.get(kind, (6, 600))
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _scores(counts: Floats, columns: Floats, random: np.random.Generator) -> Floats:
    """Mean scores of days whose items are negative, neutral or positive by chances that wander."""
    days = len(counts)
    mood = random.uniform(-0.3, 0.5) + np.cumsum(random.normal(0, random.choice([0, 0.006]), days))
    mood += columns[:, :6] @ random.normal(0, 0.04, 6) + random.normal(0, random.uniform(0, 0.06), days)
    mood = np.clip(mood, -0.6, 0.6)
    neutral = random.uniform(0.1, 0.4)
    positive = (1 - neutral) * (1 + mood) / 2
    chances = np.stack([1 - neutral - positive, np.full(days, neutral), positive], axis=1)
    drawn = random.multinomial(counts.astype(int), chances)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(counts > 0, drawn @ ITEM_SCORES / counts, np.nan), float)


@dataclass(frozen=True)
class Foretold:
    """Means [lead] and bounds [level, low and high, lead] of the days after a cut."""

    means: Floats
    bounds: Floats


def by_pulso(history: History) -> tuple[Foretold, Foretold]:
    """Foretells volume and score as the service does."""
    found = outlook(history, LEADS)
    return _of(found.volume), _of(found.score)


def _of(days: list[Expected]) -> Foretold:
    bounds = np.array([[day.narrow, day.wide] for day in days])
    return Foretold(np.array([day.mean for day in days]), bounds.transpose(1, 2, 0))


def by_last_week(values: Floats) -> Foretold:
    """Foretells the same weekday of last week; its error grows with the root of the weeks ahead."""
    change = values[WEEK:] - values[:-WEEK]
    means = np.tile(values[-WEEK:], 2)[:LEADS]
    return _normal(means, float(np.std(change)) * np.sqrt(np.arange(LEADS) // WEEK + 1))


def by_ets(values: Floats) -> Foretold:
    """Foretells by exponential smoothing with an additive week, as statsmodels fits and bounds it."""
    # Its intervals want an index.
    from pandas import Series  # type: ignore[import-untyped]
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitted = ETSModel(Series(values), error="add", seasonal="add", seasonal_periods=WEEK).fit(disp=False)
        predicted = fitted.get_prediction(start=len(values), end=len(values) + LEADS - 1)
        bounds = [predicted.pred_int(alpha=1 - level) for level in LEVELS]
        return Foretold(
            np.asarray(predicted.predicted_mean), np.array([np.asarray(each).T for each in bounds])
        )


def _normal(means: Floats, deviations: Floats) -> Foretold:
    reach = [norm.ppf(0.5 + level / 2) * deviations for level in LEVELS]
    return Foretold(means, np.array([[means - each, means + each] for each in reach]))


class Tally:
    """Days inside their intervals and scaled errors, for each way to foretell, measure and kind."""

    def __init__(self) -> None:
        self.inside: dict[tuple[str, str, float, str], list[bool]] = defaultdict(list)
        self.errors: dict[tuple[str, str], list[float]] = defaultdict(list)

    def add(
        self, way: str, measure: str, kind: str, *, foretold: Foretold, truth: Floats, scale: float
    ) -> None:
        """Compares what was foretold with the truth; NaN where a day has none."""
        known = np.isfinite(truth)
        if not known.any():
            return
        for level, (low, high) in zip(LEVELS, foretold.bounds, strict=True):
            inside = (truth >= low - 1e-9) & (truth <= high + 1e-9)
            self.inside[way, measure, level, kind] += inside[known].tolist()
        if scale > 0:
            self.errors[way, measure].append(float(np.abs(truth - foretold.means)[known].mean()) / scale)

    def coverage(self, way: str, measure: str, level: float, kind: str | None = None) -> float:
        """The share of days inside, of one kind or of all."""
        kinds = KINDS if kind is None else (kind,)
        return float(np.mean([day for each in kinds for day in self.inside[way, measure, level, each]]))


def back_test(series: Simulated, cuts: int, tally: Tally) -> tuple[int, float]:
    """Cuts a series several times; returns how many forecasts Pulso made, and their seconds of CPU."""
    history = series.history
    made, seconds = 0, 0.0
    for cut in range(len(history.counts) - LEADS, 60, -max((len(history.counts) - 80) // cuts, LEADS))[:cuts]:
        past = history.until(cut)
        if not past.enough:
            continue
        begun = time.process_time()
        ours = by_pulso(past)
        seconds += time.process_time() - begun
        made += 1
        for measure, mine in zip(MEASURES, ours, strict=True):
            whole = history.counts if measure == "volume" else history.scores
            before, truth = _filled(whole[:cut]), whole[cut : cut + LEADS]
            scale = float(np.abs(before[WEEK:] - before[:-WEEK]).mean())
            ways: dict[str, Callable[[Floats], Foretold]] = {"last_week": by_last_week, "ets": by_ets}
            tally.add("pulso", measure, series.kind, foretold=mine, truth=truth, scale=scale)
            for way, foretell in ways.items():
                foretold = foretell(before)
                tally.add(way, measure, series.kind, foretold=foretold, truth=truth, scale=scale)
    return made, seconds


def _filled(values: Floats) -> Floats:
    """The peers know no missing days: these get values between their neighbours'."""
    known = np.flatnonzero(np.isfinite(values))
    return np.asarray(np.interp(np.arange(len(values)), known, values[known]), float)


def days_outside(series: Iterator[Simulated]) -> tuple[float, float]:
    """The share of days without a wave that lie outside at 99 %, and the share of waves that are found."""
    checked = false = found = planted = 0
    for each in series:
        last = len(each.history.counts)
        start = last - 60
        outside: list[Anomaly] = anomalies(each.history, start, 0.99)
        volume = {one.day for one in outside if one.measure == "volume"}
        waves = {each.history.day(day) for day in each.waves if day >= start}
        checked += 2 * (last - start) - len(waves)
        false += len(outside) - len(volume & waves)
        found += len(volume & waves)
        planted += len(waves)
    return false / checked, found / max(planted, 1)


def measure(report: Report) -> None:
    """Prints coverage against its bars, errors beside the peers', and the cost of one forecast."""
    each, cuts = (2, 2) if report.quick else (24, 4)
    by_pulso(simulate("medium", 0).history)  # loads the libraries
    tally, made, seconds = Tally(), 0, 0.0
    for number, kind in enumerate(KINDS * each):
        more, spent = back_test(simulate(kind, number), cuts, tally)
        made, seconds = made + more, seconds + spent
    report.figure("series", len(KINDS) * each)
    report.figure("forecasts", made)
    report.figure("cpu_of_one_forecast_ms", seconds / made * 1000)
    for name in MEASURES:
        for level, least, most in ((0.8, 0.75, 0.88), (0.95, 0.92, 0.985)):
            percent = round(level * 100)
            covered = tally.coverage("pulso", name, level)
            report.at_least(f"{name}_inside_{percent}", covered, least)
            report.at_most(f"{name}_inside_{percent}_not_above", covered, most)
            for peer in ("last_week", "ets"):
                report.figure(f"{name}_inside_{percent}_{peer}", tally.coverage(peer, name, level))
            for kind in KINDS:
                report.figure(f"{name}_inside_{percent}_{kind}", tally.coverage("pulso", name, level, kind))
        for way in ("pulso", "last_week", "ets"):
            report.figure(f"{name}_mase_{way}", float(np.mean(tally.errors[way, name])))
    quiet = (simulate(kind, 10_000 + n) for n in range(each) for kind in KINDS if kind in {"medium", "large"})
    report.figure("quiet_days_outside_99_share", days_outside(quiet)[0])
    waves = (simulate("waves", 20_000 + number) for number in range(4 * each))
    report.figure("planted_waves_found_share", days_outside(waves)[1])


if __name__ == "__main__":
    main(measure)
