"""Peru's public holidays, which come once a year and move what people do all over the country."""

import tomllib
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from importlib import resources
from typing import Any

from pulso_trends.domain.occasions import easter


@cache
def holidays_of(year: int) -> Mapping[date, bool]:
    """Return the public holidays of a year, and of each whether nearly everything is closed on it."""
    return {_day(rule, year): bool(rule["quiet"]) for rule in _rules() if rule.get("since", year) <= year}


def _day(rule: Mapping[str, Any], year: int) -> date:
    if "easter" in rule:
        return easter(year) + timedelta(days=rule["easter"])
    return date.fromisoformat(f"{year}-{rule['date']}")


@cache
def _rules() -> tuple[Mapping[str, Any], ...]:
    source = resources.files("pulso_trends.domain.forecasting").joinpath("holidays.toml")
    return tuple(tomllib.loads(source.read_text(encoding="utf-8"))["holiday"])
