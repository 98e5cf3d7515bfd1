"""What the next days should bring, and which past days were not to be expected."""

from enum import StrEnum

from pulso_contracts.base import Lenient


class ForecastGroup(StrEnum):
    """What makes one forecast of its own."""

    REGION = "region"
    CHANNEL = "channel"
    PRODUCT = "product"
    PRODUCT_CATEGORY = "product_category"


class ForecastStatus(StrEnum):
    """Whether days could be foretold: not from fewer than 28 days with items."""

    READY = "ready"
    NOT_ENOUGH_DATA = "not_enough_data"


class Measure(StrEnum):
    """What is foretold of a day: how many items it brings, and the mean of their scores."""

    VOLUME = "volume"
    SCORE = "score"


class ForecastPoint(Lenient):
    """One day to come.

    Four of five such days should lie in `low80` to `high80`, 19 of 20 in `low95` to `high95`.
    Bounds of volume are whole items and never negative, those of score stay within -1 to 1.
    """

    start: str
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float


class SeriesForecast(Lenient):
    """The forecast of one group; both lists are empty while there is `not_enough_data`.

    `key` is None for items without a value in the grouping field, "all" without grouping. `history_start` is
    the first day that brought items, None if none did; `busy_days` is how many days since then did.
    """

    key: str | None
    status: ForecastStatus
    history_start: str | None
    busy_days: int
    volume: list[ForecastPoint]
    score: list[ForecastPoint]


class ForecastAnswer(Lenient):
    """The answer to `GET /trends/forecast`, largest group first.

    The history ends before `history_end`, the midnight that began today; at most 730 days of it are used.
    `start` of each point is in `time_zone`.
    """

    time_zone: str = "America/Lima"
    group_by: ForecastGroup | None
    days: int
    history_end: str
    series: list[SeriesForecast]
    truncated: bool = False


class KnownOccasion(Lenient):
    """An occasion of Peru's calendar that may be the reason, with its names."""

    id: str
    es: str
    en: str


class AnomalyPoint(Lenient):
    """One day whose `value` lies outside `low` to `high`, which the days before it let expect."""

    start: str
    measure: Measure
    value: float
    expected: float
    low: float
    high: float
    occasions: list[KnownOccasion]


class AnomaliesAnswer(Lenient):
    """The answer to `GET /trends/anomalies`, in the order of days.

    `level` is the share of days that should lie inside. `checked_days` is how many days of the range were
    over and had 28 days with items before them: only those can be told.
    """

    time_zone: str = "America/Lima"
    start: str
    end: str
    level: float
    status: ForecastStatus
    checked_days: int
    anomalies: list[AnomalyPoint]
