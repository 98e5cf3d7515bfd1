"""From evidence to findings, corrected for how many products were asked about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np
from pulso_contracts.sales import ProductSales, SalesDirection, SalesLink, SalesWeek, TalkMeasure

from pulso_trends.domain.emerging.discoveries import q_values
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.sales.history import History
from pulso_trends.domain.sales.link import MOST_LAG, Evidence, evidence

_MEASURES: Final = (TalkMeasure.COUNT, TalkMeasure.SCORE)
"""In the order of `History.tested`."""


def findings(histories: Sequence[History]) -> list[ProductSales]:
    """Test each product; the p-values are corrected by Benjamini and Hochberg (1995) for those tested."""
    found = [evidence(*history.tested()) for history in histories]
    tested = [each for each in found if each is not None]
    corrected = iter(q_values(np.array([each.chance for each in tested])))
    return [
        _product(history, each, None if each is None else float(next(corrected)))
        for history, each in zip(histories, found, strict=True)
    ]


def _product(history: History, found: Evidence | None, q_value: float | None) -> ProductSales:
    untested = ProductSales(product=history.product, link=SalesLink.NOT_ENOUGH_DATA, series=_series(history))
    if found is None or q_value is None:
        return untested
    tested = untested.model_copy(
        update={
            "link": SalesLink.NO_LINK,
            "gain": round(found.gain, 6),
            "p_value": round(found.chance, 6),
            "q_value": round(q_value, 6),
            "weeks_used": found.weeks,
            "weeks_held_out": found.held_out,
        }
    )
    if not found.is_link(q_value):
        return tested
    return tested.model_copy(
        update={
            "link": SalesLink.TALK_LEADS if found.lag else SalesLink.TOGETHER,
            "weeks": found.lag,
            "measure": _MEASURES[found.measure],
            "direction": SalesDirection.MORE if found.slope > 0 else SalesDirection.LESS,
        }
    )


def _series(history: History) -> list[SalesWeek]:
    series = []
    for number, start in enumerate(history.starts):
        negative, neutral, positive = history.opinions[:, number + MOST_LAG]
        count = negative + neutral + positive
        series.append(
            SalesWeek(
                start=week_start(start),
                units=_known(history.units[number]),
                revenue=_known(history.revenue[number]),
                count=int(count),
                positive=round(positive / count, 6) if count else None,
                score=round(history.scores[number + MOST_LAG] / count, 6) if count else None,
            )
        )
    return series


def week_start(day: int) -> str:
    """Midnight of a Monday, in Peru's time."""
    moment: datetime = start_of_day(day)
    return moment.isoformat()


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
