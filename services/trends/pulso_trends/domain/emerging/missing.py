"""Peaks that the calendar and last year let expect, and that did not come."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
from pulso_contracts.emerging import TrendStatus

from pulso_trends.domain.emerging.arms import REACH, WEEK, Arm
from pulso_trends.domain.emerging.discoveries import FALSE_SHARE, q_values
from pulso_trends.domain.emerging.expectation import Expectation, Integers, Voices, expectation
from pulso_trends.domain.emerging.look import Found, Series, interval, series
from pulso_trends.domain.emerging.places import COUNTRY, WIDER
from pulso_trends.domain.emerging.tails import fall, rise
from pulso_trends.domain.occasions import Occasion, occasions

TOLD_DAYS: Final = 7
"""For so long after its days a peak that did not come is told."""
_A_PEAK: Final = 1.25
"""Times the usual count that last year's must at least have been, by the lower end of its 95 % interval."""
_NO_PEAK: Final = 0.05
"""The chance of this year's count, if there is no peak, above which there is none to be seen."""
_LEAST_BLOCKS: Final = 3

History = tuple[Mapping[str, Integers], Integers]
"""Voices of each concept, and of everything [department, channel, day], over `REACH` days."""


class Due(NamedTuple):
    """An occasion whose days are just over.

    Attributes:
        occasion: It.
        arm: Its days, and those since, against the weeks before.
        days_before: Days from its last occurrence to this one.
    """

    occasion: Occasion
    arm: Arm
    days_before: int


def due(day: date) -> list[Due]:
    """Return the occasions that ended in the `TOLD_DAYS` days before `day`, if last year had them too."""
    found = []
    for occasion in occasions(day - timedelta(days=TOLD_DAYS), day - timedelta(days=1)):
        length = (day - occasion.first).days + 1
        step = WEEK * -(-length // WEEK)
        blocks = (REACH - length) // step
        former = _last_year(occasion)
        if occasion.last < day and blocks >= _LEAST_BLOCKS and former:
            found.append(Due(occasion, Arm(length, step, blocks, 1.0), (occasion.first - former.first).days))
    return found


def _last_year(occasion: Occasion) -> Occasion | None:
    middle = occasion.first - timedelta(days=365)
    around = occasions(middle - timedelta(days=60), middle + timedelta(days=60))
    same = [each for each in around if each.id == occasion.id]
    return min(same, key=lambda each: abs((each.first - middle).days), default=None)


def missing(due: Due, now: History, then: History) -> list[Found]:
    """Return where the occasion's concepts had a peak last year and have none this year.

    This year's count is held against what it would be with a peak as high as last year's at least was: the
    lower end of its interval, because the highest of many peaks are those that chance helped. What is found
    is false for at most 5 %.

    Args:
        due: The occasion.
        now: The counts up to the day that is looked at.
        then: Those up to the same day after the last occurrence.
    """
    ours, theirs = (_of(history, due.occasion.concepts) for history in (now, then))
    then_too = set(theirs.keys)
    keys = [key for key in ours.keys if key in then_too]
    if not keys:
        return []
    this, last = (_compared(each, keys, due.arm) for each in (ours, theirs))
    heights = np.array([_height(last, n) for n in range(len(keys))])
    peaks = np.flatnonzero(heights >= _A_PEAK)
    again = replace(this, expected=this.expected * heights)
    unseen = rise(this) > _NO_PEAK
    chances = q_values(fall(again)[peaks])
    absent = {
        keys[n]: _found(keys[n], again, int(n), float(chance), due)
        for n, chance in zip(peaks, chances, strict=True)
        if chance <= FALSE_SHARE and unseen[n]
    }
    return [replace(each, explained_by=_wider(each, absent)) for each in absent.values()]


def _of(history: History, concepts: frozenset[str]) -> Series:
    counts, totals = history
    return series({concept: cells for concept, cells in counts.items() if concept in concepts}, totals)


def _compared(tested: Series, keys: Sequence[tuple[str, str]], arm: Arm) -> Expectation:
    places = {key: number for number, key in enumerate(tested.keys)}
    numbers = [places[key] for key in keys]
    voices = tested.voices
    return expectation(Voices(voices.counts[numbers], voices.totals, voices.places[numbers]), arm, REACH)


def _height(last: Expectation, n: int) -> float:
    low, _ = interval(float(last.observed[n]), float(last.expected[n]), float(last.variance[n]))
    return low


def _found(key: tuple[str, str], again: Expectation, n: int, chance: float, due: Due) -> Found:
    count, mean, variance = float(again.observed[n]), float(again.expected[n]), float(again.variance[n])
    low, high = interval(count, mean, variance)
    return Found(
        *key,
        TrendStatus.MISSING,
        due.arm.days,
        int(count),
        mean,
        count / mean,
        low,
        high,
        chance,
        cause=due.occasion.id,
    )


def _wider(found: Found, absent: Mapping[tuple[str, str], Found]) -> tuple[str, str] | None:
    """Return the widest place in which the same peak did not come, if it is wider than this one."""
    if found.place == COUNTRY:
        return None
    regions = [place for place, parts in WIDER.items() if found.place in parts and place != COUNTRY]
    return next(
        ((found.concept, place) for place in (COUNTRY, *regions) if (found.concept, place) in absent), None
    )
