"""Verdicts on sales, with the weeks that they are about."""

from collections.abc import Sequence

import numpy as np
from pulso_contracts.sales import ProductSales, SalesWeek

from pulso_trends.domain.leading.link import MOST_LAG
from pulso_trends.domain.leading.verdicts import verdicts
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.sales.history import History


def findings(histories: Sequence[History]) -> list[ProductSales]:
    """Test each product, and tell its weeks."""
    told = verdicts([(history.product, history.tested()) for history in histories])
    return [
        ProductSales(**dict(verdict), series=_series(history))
        for history, verdict in zip(histories, told, strict=True)
    ]


def _series(history: History) -> list[SalesWeek]:
    series = []
    for number, start in enumerate(history.starts):
        negative, neutral, positive = history.opinions[:, number + MOST_LAG]
        count = negative + neutral + positive
        series.append(
            SalesWeek(
                start=start_of_day(start).isoformat(),
                units=_known(history.units[number]),
                revenue=_known(history.revenue[number]),
                count=int(count),
                positive=round(positive / count, 6) if count else None,
                score=round(history.scores[number + MOST_LAG] / count, 6) if count else None,
            )
        )
    return series


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
