"""Counted cells as one table, and a table as the points of series: every bucket present, zeros too."""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from pulso_trends.domain.period import Period

UNGROUPED_KEY: Final = "all"

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Fields = dict[str, Any]


class Cells(NamedTuple):
    """The sum of all cells of one group in one bucket; `key` is '' where items leave the dimension open."""

    key: str
    start: int
    tally: Sequence[int]


def keys_of(cells: Iterable[Cells], *, grouped: bool) -> list[str]:
    """Return the groups in which anything was counted; ungrouped there is always one."""
    return list(dict.fromkeys(each.key for each in cells)) if grouped else [""]


def names_of(keys: Iterable[str], *, grouped: bool) -> list[str | None]:
    """Return what the series of these groups are called: None where items leave the dimension open."""
    return [key or None for key in keys] if grouped else [UNGROUPED_KEY]


def tabulate(period: Period, keys: Sequence[str], cells: Sequence[Cells], width: int) -> Integers:
    """Return the sums [group, bucket, measure], of which the last bucket is the total of the others.

    Args:
        period: Which buckets.
        keys: Which groups; cells of others are left out.
        cells: What was counted.
        width: Measures in each tally.
    """
    columns = {number: column for column, number in enumerate(period.starts())}
    rows = {key: row for row, key in enumerate(keys)}
    known = [each for each in cells if each.key in rows]
    table = np.zeros((len(rows), len(columns) + 1, width), np.int64)
    places = [rows[each.key] for each in known], [columns[each.start] for each in known]
    table[places] = np.array([each.tally for each in known], np.int64).reshape(-1, width)
    table[:, -1] = table.sum(axis=1)
    return table


def series_of(period: Period, names: Sequence[str | None], fields: Fields) -> list[Fields]:
    """Return series by their names.

    Args:
        period: Which buckets each of them has.
        names: Of the groups.
        fields: Their values in all points, group by group, the total of each group as its last one.
    """
    starts = [period.moment(number).isoformat() for number in period.starts()]
    moments = [*starts, starts[0]] * len(names)
    columns = {"start": moments, **fields}
    points = [dict(zip(columns, each, strict=True)) for each in zip(*columns.values(), strict=True)]
    width = len(starts) + 1
    own = [points[first : first + width] for first in range(0, len(points), width)]
    return [
        {"key": name, "points": each[:-1], "total": each[-1]} for name, each in zip(names, own, strict=True)
    ]


def told(values: Floats, known: NDArray[np.bool_], digits: int) -> list[float | None]:
    """Return values rounded for an answer, None where they are not known."""
    rounded = np.round(values, digits).tolist()
    return [value if is_known else None for value, is_known in zip(rounded, known.tolist(), strict=True)]
