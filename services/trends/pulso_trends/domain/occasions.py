"""Known causes of peaks: the days of the year on which Peru talks more of something."""

import tomllib
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Occasion:
    """One occurrence of an event: the days, both included, on which talk of its concepts is expected."""

    id: str
    es: str
    en: str
    first: date
    last: date
    concepts: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Event:
    id: str
    fields: dict[str, Any]

    def days(self, year: int) -> tuple[date, date]:
        """Return the first and the last day of the event itself in a year."""
        fields = self.fields
        if "date" in fields:
            day = date.fromisoformat(f"{year}-{fields['date']}")
        elif "weekday" in fields:
            day = _nth_weekday(year, **fields["weekday"])
        else:
            day = easter(year) + timedelta(days=fields["easter"])
        return day, day

    def stretches(self, year: int) -> list[tuple[date, date]]:
        """Return its stretches of days in a year, those before and after included."""
        if "month_days" in self.fields:
            rule = self.fields["month_days"]
            own = [
                (date(year, month, rule["from"]), date(year, month, rule["to"])) for month in rule["months"]
            ]
        else:
            own = [self.days(year)]
        before, after = timedelta(days=self.fields["before"]), timedelta(days=self.fields["after"])
        return [(first - before, last + after) for first, last in own]


def occasions(first: date, last: date) -> list[Occasion]:
    """Return the occasions that share a day with the stretch from `first` to `last`, both included."""
    found = [
        Occasion(event.id, event.fields["es"], event.fields["en"], *days, frozenset(event.fields["concepts"]))
        for event in _events()
        for year in range(first.year - 1, last.year + 2)
        for days in event.stretches(year)
    ]
    return sorted(
        (each for each in found if each.first <= last and each.last >= first),
        key=lambda each: (each.first, each.id),
    )


def easter(year: int) -> date:
    """Return Easter Sunday (Gregorian computus of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    (d, e), g = divmod(b, 4), (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)


def _nth_weekday(year: int, month: int, day: str, nth: int) -> date:
    """Return the nth such weekday of a month; the last one for -1."""
    wanted = _WEEKDAYS.index(day)
    if nth < 0:
        last = date(year, month, monthrange(year, month)[1])
        return last - timedelta(days=(last.weekday() - wanted) % 7)
    first = date(year, month, 1)
    return first + timedelta(days=(wanted - first.weekday()) % 7 + 7 * (nth - 1))


@cache
def _events() -> Sequence[_Event]:
    source = resources.files("pulso_trends.domain").joinpath("calendar.toml").read_text(encoding="utf-8")
    return tuple(_Event(identifier, fields) for identifier, fields in tomllib.loads(source).items())
