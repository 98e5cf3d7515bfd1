"""Receiving sales, and whether talk leads them."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request, Response
from pulso_contracts.sales import MAX_SALES_ROWS, SaleIn, SalesAnswer, SalesReceipt
from pulso_contracts.trends import GroupBy
from pulso_kit.errors import UnsupportedMedia
from pulso_kit.listing import AnswerFormDep

from pulso_trends.api.dependencies import DatabaseDep
from pulso_trends.api.parameters import Moments, Value
from pulso_trends.api.sales_rows import Received, from_csv, from_json
from pulso_trends.api.tables import SALES
from pulso_trends.domain.filters import Filters, departments
from pulso_trends.domain.leading.range import whole_weeks
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.sales.answer import findings
from pulso_trends.domain.sales.history import histories
from pulso_trends.domain.series import SeriesQuestion
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.sales import keep_sales, read_weeks
from pulso_trends.store.series import read_series

MOST_PRODUCTS: Final = 20

_ROWS: Final = {"type": "array", "items": SaleIn.model_json_schema(), "maxItems": MAX_SALES_ROWS}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": [
                        _ROWS,
                        {
                            "type": "object",
                            "required": ["rows"],
                            "properties": {"rows": _ROWS},
                            "additionalProperties": False,
                        },
                    ]
                },
                "example": [
                    {
                        "date": "2026-11-01",
                        "department": "Arequipa",
                        "product": "ceviche clásico",
                        "units": 120,
                    }
                ],
            },
            "text/csv": {
                "schema": {"type": "string", "description": "A header and up to 50,000 rows."},
                "example": "fecha,departamento,producto,unidades,ingresos\n2026-11-01,Lima,chicha,80,640\n",
            },
        },
    }
}

router = APIRouter(tags=["sales"])


@router.post("/sales", summary="Send sales by day", openapi_extra=_BODY)
async def post_sales(request: Request, database: DatabaseDep) -> SalesReceipt:
    """A JSON array of up to 1,000 rows (or `{"rows": […]}`), or CSV of up to 50,000 with a header.

    Columns are known by their English and Spanish names. A row of a day, department and product takes the
    place of an earlier one, so sending again is harmless. A bad row is reported by index, the rest is kept.
    A row without a department is of the whole country, and counts instead of its day's other rows.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await request.body()
    received: Received
    if kind == "application/json":
        received = await asyncio.to_thread(from_json, body)
    elif kind == "text/csv":
        received = await asyncio.to_thread(from_csv, body)
    else:
        raise UnsupportedMedia("Send sales as application/json or text/csv.")
    replaced = await keep_sales(database, received.sales)
    return received.receipt(replaced)


@router.get(
    "/trends/sales", summary="Does talk lead sales?", response_model=SalesAnswer, responses=SALES.responses
)
async def sales(
    *,
    form: AnswerFormDep,
    database: DatabaseDep,
    moments: Moments,
    product: Annotated[Value | None, Query(description="One product; default: the 20 of most units.")] = None,
    region: Annotated[
        Value | None, Query(description="A department: name, alias, capital or ubigeo code.")
    ] = None,
) -> SalesAnswer | Response:
    """Whether talk about a product helps to forecast its sales, and how many weeks ahead.

    Whole past weeks of Peru, at most 260. The lag is chosen on the first two thirds and tested on the rest,
    against sales' own past, trend and season; with several products the p-values are corrected for their
    number. That nothing is found, `no_link`, is a normal answer; a link is no proof of a cause.
    """
    with QUERY_SECONDS.labels("sales").time():
        weeks = whole_weeks(*moments, now=datetime.now(UTC))
        regions = () if region is None else departments([region])
        department = regions[0] if regions else None
        sold = await read_weeks(
            database,
            first=weeks.first,
            stop=weeks.stop,
            region=department,
            product=product,
            limit=MOST_PRODUCTS,
        )
        products = tuple(dict.fromkeys(week.product for week in sold))
        said = []
        if products:
            filters = Filters(regions=regions, products=products)
            said = await read_series(database, SeriesQuestion(weeks.talk(), GroupBy.PRODUCT, filters))
        found = await asyncio.to_thread(lambda: findings(histories(weeks, sold, said)))
    answer = SalesAnswer(
        region=department,
        start=start_of_day(weeks.first).isoformat(),
        end=start_of_day(weeks.stop).isoformat(),
        products=found,
    )
    return await form.of(answer, SALES)
