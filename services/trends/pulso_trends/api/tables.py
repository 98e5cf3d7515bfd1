"""How the answers of trends are told as CSV: a row for each point of a series, finding, item or concept."""

from collections.abc import Iterator
from itertools import chain
from operator import itemgetter
from typing import Final

from pulso_contracts.emerging import ListedConcept, Trend
from pulso_contracts.forecast import AnomalyPoint, ForecastPoint, Measure, SeriesForecast
from pulso_contracts.ratings import ProductRatings, RatingPoint, RatingWeek
from pulso_contracts.sales import ProductSales, SalesWeek
from pulso_contracts.segments import Segment
from pulso_contracts.topics import Topic
from pulso_contracts.trends import Dimensions, FeedbackItem, GroupBy, Point, ValueCount
from pulso_kit.csv_table import columns_of
from pulso_kit.listing import Json, Listing

_DIMENSIONS: Final = dict(
    zip(
        Dimensions.model_fields,
        (GroupBy.REGION, GroupBy.CHANNEL, GroupBy.PRODUCT, GroupBy.PRODUCT_CATEGORY, GroupBy.ASPECT),
        strict=True,
    )
)


def _points(answer: Json) -> Iterator[Json]:
    return ({"key": series["key"], **point} for series in answer["series"] for point in series["points"])


def _forecasts(answer: Json) -> Iterator[Json]:
    """A group that cannot be foretold has one row, which says so."""
    for series in answer["series"]:
        points = [{"measure": each.value, **point} for each in Measure for point in series[each.value]]
        yield from ({**series, **point} for point in points or [{}])


def _values(answer: Json) -> Iterator[Json]:
    return chain.from_iterable(
        ({"dimension": dimension.value, **each} for each in answer[name])
        for name, dimension in _DIMENSIONS.items()
    )


def _weeks(answer: Json) -> Iterator[Json]:
    """A product's verdict stands in each of its weeks."""
    for product in answer["products"]:
        yield from ({**product, **week} for week in product["series"] or [{}])


_START: Final = "2026-11-01T00:00:00-05:00"

ITEMS: Final = Listing(
    "pulso-feedback",
    columns_of(FeedbackItem),
    itemgetter("items"),
    {
        "id": "6f1a0c52b7e04c0f9d1f0a7de1b2c3d4",
        "created_at": "2026-11-01T17:30:00Z",
        "text": "El ají de gallina estuvo bacán, pero llegó frío",
        "channel": "review",
        "language": "es",
        "region": "Arequipa",
        "product": "ají de gallina",
        "rating": 4.0,
        "metadata": {"mesa": 4},
        "sentiment": "positive",
        "probabilities": {"negative": 0.2, "neutral": 0.1, "positive": 0.7},
        "score": 0.5,
        "aspects": [
            {"aspect": "sabor", "term": "bacán", "sentiment": "positive", "score": 0.9},
            {"aspect": "temperatura", "term": "frío", "sentiment": "negative", "score": -0.7},
        ],
        "model_version": "pulso-es-2026.11.21",
    },
)
TRENDS: Final = Listing(
    "pulso-emerging",
    columns_of(Trend),
    itemgetter("trends"),
    {
        "concept": "picarones",
        "name_es": "picarones",
        "name_en": "picarones (pumpkin doughnuts)",
        "kind": "dish",
        "place": "Arequipa",
        "status": "rising",
        "since": "2026-11-01",
        "window_days": 7,
        "count": 45,
        "expected": 12.5,
        "ratio": 3.6,
        "ratio_low": 2.4,
        "ratio_high": 5.1,
        "q_value": 0.0004,
        "now": {"voices": 45, "positive_share": 0.8, "negative_share": 0.0667, "score": 0.61},
        "before": {"voices": 150, "positive_share": 0.7, "negative_share": 0.1, "score": 0.5},
        "items": 48,
        "near_duplicate_share": 0.0625,
        "channels": {"review": 30, "chat": 15},
        "people": 41,
        "sources": {"google_maps": 30},
        "examples": ["6f1a0c52b7e04c0f9d1f0a7de1b2c3d4"],
    },
)
CONCEPTS: Final = Listing(
    "pulso-taxonomy",
    columns_of(ListedConcept),
    itemgetter("concepts"),
    {
        "id": "chicha_morada",
        "kind": "drink",
        "es": "chicha morada",
        "en": "purple corn drink",
        "parent": "chichas",
        "variants": ["chichita morada", "chicha de maíz morado"],
        "added": False,
        "discovered": False,
    },
)
SEGMENTS: Final = Listing(
    "pulso-segments",
    columns_of(Segment),
    itemgetter("segments"),
    {
        "id": 3,
        "since": "2026-10-04",
        "name_es": "Cevicheros",
        "name_en": "Ceviche lovers",
        "people": 140,
        "share": 0.35,
        "items": 1210,
        "positive_share": 0.68,
        "negative_share": 0.2,
        "score": 0.42,
        "concepts": [
            {
                "id": "tiradito",
                "name_es": "tiradito",
                "name_en": "tiradito (thin-sliced raw fish)",
                "kind": "dish",
                "share": 0.21,
                "share_of_all": 0.07,
                "lift": 3.0,
            }
        ],
        "departments": {"Piura": 80, "Lima": 60},
    },
)
TOPICS: Final = Listing(
    "pulso-topics",
    columns_of(Topic),
    itemgetter("topics"),
    {
        "id": "t12",
        "label_es": "ceviche, tiradito, leche de tigre",
        "label_en": "ceviche, tiradito, tiger's milk",
        "items": 1320,
        "voices": 1290,
        "share": 0.11,
        "negative": 210,
        "neutral": 180,
        "positive": 900,
        "score": 0.49,
        "change": {"share_before": 0.09, "ratio": 1.22, "low": 1.12, "high": 1.33},
        "examples": ["6f1a0c52b7e04c0f9d1f0a7de1b2c3d4"],
    },
)
POINTS: Final = Listing(
    "pulso-sentiment",
    ("key", *columns_of(Point)),
    _points,
    {"key": "Lima", "start": _START, "count": 12, "negative": 3, "neutral": 2, "positive": 7, "score": 0.31},
)
FORECASTS: Final = Listing(
    "pulso-forecast",
    (*columns_of(SeriesForecast, without={"volume", "score"}), "measure", *columns_of(ForecastPoint)),
    _forecasts,
    {
        "key": "Lima",
        "status": "ready",
        "history_start": "2026-03-01T00:00:00-05:00",
        "busy_days": 240,
        "measure": "volume",
        "start": _START,
        "mean": 118.2,
        "low80": 101,
        "high80": 136,
        "low95": 92,
        "high95": 147,
    },
)
ANOMALIES: Final = Listing(
    "pulso-anomalies",
    columns_of(AnomalyPoint),
    itemgetter("anomalies"),
    {
        "start": "2026-07-28T00:00:00-05:00",
        "measure": "volume",
        "value": 240.0,
        "expected": 118.2,
        "low": 80,
        "high": 160,
        "occasions": [{"id": "fiestas_patrias", "es": "Fiestas Patrias", "en": "Independence Day"}],
    },
)
SALES: Final = Listing(
    "pulso-sales",
    (*columns_of(ProductSales, without={"series"}), *columns_of(SalesWeek)),
    _weeks,
    {
        "product": "chicha morada",
        "link": "talk_leads",
        "weeks": 2,
        "measure": "count",
        "direction": "more",
        "gain": 0.18,
        "p_value": 0.004,
        "q_value": 0.012,
        "weeks_used": 104,
        "weeks_held_out": 35,
        "start": "2026-11-02T00:00:00-05:00",
        "units": 320.0,
        "revenue": 2560.0,
        "count": 41,
        "positive": 0.756098,
        "score": 0.58,
    },
)
RATINGS: Final = Listing(
    "pulso-ratings",
    ("key", *columns_of(RatingPoint)),
    _points,
    {
        "key": "Lima",
        "start": _START,
        "count": 120,
        "rated": 48,
        "rated_share": 0.4,
        "stars": {"one": 0.125, "two": 0.0625, "three": 0.1042, "four": 0.2708, "five": 0.4375},
        "mean": 3.8333,
        "low": 3.4255,
        "high": 4.2412,
        "text_score": 0.34,
        "negative_texts": 2,
        "positive_texts": 1,
        "contradiction_share": 0.0625,
    },
)
RATING_LEADS: Final = Listing(
    "pulso-ratings-lead",
    (*columns_of(ProductRatings, without={"series"}), *columns_of(RatingWeek)),
    _weeks,
    {
        "product": "chicha morada",
        "link": "talk_leads",
        "weeks": 1,
        "measure": "score",
        "direction": "more",
        "gain": 0.14,
        "p_value": 0.002,
        "q_value": 0.008,
        "weeks_used": 104,
        "weeks_held_out": 35,
        "start": "2026-11-02T00:00:00-05:00",
        "mean": 4.1,
        "rated": 62,
        "count": 85,
        "score": 0.41,
    },
)
DIMENSIONS: Final = Listing(
    "pulso-dimensions",
    ("dimension", *columns_of(ValueCount)),
    _values,
    {"dimension": "region", "value": "Lima", "count": 5120},
)
