"""One look at all that people talk about: which series there are, and what is found about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pulso_contracts.emerging import TrendStatus
from scipy.special import gammaincinv

from pulso_trends.domain.emerging.arms import ARMS, REACH
from pulso_trends.domain.emerging.discoveries import FALSE_SHARE
from pulso_trends.domain.emerging.expectation import Integers, Voices
from pulso_trends.domain.emerging.explained import Change, explained
from pulso_trends.domain.emerging.places import PARTS, PLACES
from pulso_trends.domain.emerging.verdicts import Verdicts, verdicts
from pulso_trends.domain.occasions import occasions

LEAST_VOICES: Final = 12
"""Voices in all days that are read, below which a series is not tested: one in ten days shows no change."""
_HARDLY_KNOWN: Final = 2.0
"""Voices in a whole baseline up to which what rises is new."""


NEWS: Final = frozenset({TrendStatus.RISING, TrendStatus.FALLING, TrendStatus.NEW, TrendStatus.MISSING})
"""What tells of a change."""


class Cause(NamedTuple):
    """An occasion of the calendar, and how many days ago it was over; 0 on its days."""

    occasion: str
    days_over: int


@dataclass(frozen=True, slots=True)
class Found:
    """What is found about one concept in one place.

    Attributes:
        concept: Its id.
        place: A name of `PLACES`.
        status: In one word.
        window_days: The stretch that speaks most clearly for a change.
        count: Voices in it.
        expected: What it would hold at the shares of before.
        ratio: `count` to `expected`.
        ratio_low: The lower end of the 95 % interval of the ratio.
        ratio_high: Its upper end; None where nothing was expected.
        q_value: The share of chance among all that is at least as unlikely.
        explained_by: Concept and place of a finer change without which there would be none here.
        cause: The occasion because of which more talk was expected.
    """

    concept: str
    place: str
    status: TrendStatus
    window_days: int
    count: int
    expected: float
    ratio: float
    ratio_low: float
    ratio_high: float | None
    q_value: float
    explained_by: tuple[str, str] | None = None
    cause: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """The series that are tested, and their counts.

    Attributes:
        keys: Concept and place of each.
        voices: Their counts, day by day; the last day is the one that is looked at.
    """

    keys: tuple[tuple[str, str], ...]
    voices: Voices


def series(counts: Mapping[str, Integers], totals: Integers) -> Series:
    """Return the series with data enough, of departments, natural regions and the country.

    Args:
        counts: Voices of each concept [department, channel, day] over the last `REACH` days.
        totals: All voices [department, channel, day].
    """
    keys: list[tuple[str, str]] = []
    rows: list[Integers] = []
    places: list[int] = []
    for concept, cells in counts.items():
        for number, (place, parts) in enumerate(zip(PLACES, PARTS, strict=True)):
            summed = cells[list(parts)].sum(axis=0)
            if summed.sum() >= LEAST_VOICES:
                keys.append((concept, place))
                rows.append(summed)
                places.append(number)
    shape = (0, *totals.shape[1:])
    return Series(
        tuple(keys),
        Voices(
            np.stack(rows) if rows else np.zeros(shape, np.int64),
            np.stack([totals[list(parts)].sum(axis=0) for parts in PARTS]),
            np.array(places, np.int64),
        ),
    )


def look(
    tested: Series, causes: Mapping[str, Cause], groups: Mapping[str, Sequence[str]]
) -> tuple[list[Found], Verdicts]:
    """Test all series on the stretches that end with the last day.

    Args:
        tested: Them.
        causes: For concepts of which more talk may be expected, why.
        groups: The groups of each concept.

    Returns:
        What is found about each, in the order of the series, and the verdicts that may raise an alarm:
        neither an expected rise nor a change that is explained by another one may.
    """
    seen = verdicts(tested.voices, REACH)
    expected = _expected(tested.keys, seen, causes)
    told = replace(seen, rising=np.where(expected, 1.0, seen.rising))
    q_rising, q_falling = told.q_values
    found = [
        _found(
            seen, n, key, (float(q_rising[n]), float(q_falling[n])), causes[key[0]] if expected[n] else None
        )
        for n, key in enumerate(tested.keys)
    ]
    repeated = _explained(found, seen, groups)
    for n, key in repeated.items():
        found[n] = replace(found[n], explained_by=key)
    silent = np.isin(np.arange(len(found)), list(repeated))
    return found, replace(
        told, rising=np.where(silent, 1.0, told.rising), falling=np.where(silent, 1.0, told.falling)
    )


def _expected(
    keys: Sequence[tuple[str, str]], seen: Verdicts, causes: Mapping[str, Cause]
) -> NDArray[np.bool_]:
    """Return the series of which more is expected in the stretch that shows a rise best."""
    over = [causes[concept].days_over if concept in causes else REACH for concept, _ in keys]
    lengths = np.array([arm.days for arm in ARMS])[seen.rising_arm]
    touched: NDArray[np.bool_] = np.array(over, np.int64) < lengths
    return touched


def _explained(
    found: Sequence[Found], seen: Verdicts, groups: Mapping[str, Sequence[str]]
) -> dict[int, tuple[str, str]]:
    """Return the numbers of the changes that only repeat a finer one, and which."""
    numbers = {(each.concept, each.place): n for n, each in enumerate(found) if each.status in NEWS}
    changed = {
        key: Change(
            int((seen.falling_arm if found[n].status is TrendStatus.FALLING else seen.rising_arm)[n]),
            found[n].status is not TrendStatus.FALLING,
        )
        for key, n in numbers.items()
    }
    counts = {
        key: [(float(arm.observed[n]), float(arm.expected[n])) for arm in seen.compared]
        for key, n in numbers.items()
    }
    return {numbers[key]: finer for key, finer in explained(changed, groups, counts).items()}


def _found(
    seen: Verdicts, n: int, key: tuple[str, str], q_values: tuple[float, float], cause: Cause | None
) -> Found:
    q_rising, q_falling = q_values
    up = seen.rising[n] <= seen.falling[n]
    arm = int(seen.rising_arm[n] if up else seen.falling_arm[n])
    compared = seen.compared[arm]
    count, mean = float(compared.observed[n]), float(compared.expected[n])
    low, high = interval(count, mean, float(compared.variance[n]))
    status = TrendStatus.STABLE
    if q_rising <= FALSE_SHARE:
        status = TrendStatus.NEW if compared.baseline[n] <= _HARDLY_KNOWN else TrendStatus.RISING
    elif q_falling <= FALSE_SHARE:
        status = TrendStatus.FALLING
    elif cause and up and low > 1:
        status = TrendStatus.EXPECTED
    elif not any(each.expected[n] >= 1 for each in seen.compared):
        status = TrendStatus.NOT_ENOUGH_DATA
    ratio = count / mean if mean else 0.0
    return Found(
        *key,
        status,
        ARMS[arm].days,
        int(count),
        mean,
        ratio,
        low,
        high,
        min(q_rising, q_falling),
        cause=None if cause is None else cause.occasion,
    )


def interval(count: float, mean: float, variance: float) -> tuple[float, float | None]:
    """Return the 95 % interval of the ratio of rates: exact for the count, log-normal for what was expected.

    Where nothing was expected it has no upper end.

    The two squared distances are added, as for the ratio of independent estimates (Zou and Donner 2008).
    """
    if mean <= 0:
        return 0.0, None
    low = float(gammaincinv(count, 0.025)) if count else 0.0
    high = float(gammaincinv(count + 1, 0.975))
    shift = 1.96 * float(np.sqrt(np.log1p(variance)))
    centre = max(count, 0.5)
    below = np.hypot(np.log(centre / low) if low else np.inf, shift)
    above = np.hypot(np.log(high / centre), shift)
    return float(centre / mean * np.exp(-below)), float(centre / mean * np.exp(above))


def causes_of(day: date, groups: Mapping[str, Sequence[str]]) -> dict[str, Cause]:
    """Return why more talk of concepts may be expected in the stretches that end with `day`.

    Of several causes the nearest is told.

    Args:
        day: The last day.
        groups: The groups of each concept; what concerns a group concerns its concepts.
    """
    first = day - timedelta(days=max(arm.days for arm in ARMS) - 1)
    causes: dict[str, Cause] = {}
    for occasion in reversed(occasions(first, day)):
        cause = Cause(occasion.id, max((day - occasion.last).days, 0))
        for concept, parents in groups.items():
            if concept in occasion.concepts or not occasion.concepts.isdisjoint(parents):
                causes.setdefault(concept, cause)
    return causes
