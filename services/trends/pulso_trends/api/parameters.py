"""Query parameters that several endpoints share."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pulso_contracts.feedback import Channel
from pulso_contracts.scoring import Aspect, Flag, Sentiment
from pydantic import StringConstraints

from pulso_trends.domain.filters import Filters, ItemFilters, departments, search_words
from pulso_trends.domain.period import check_order, read_moment
from pulso_trends.errors import InvalidQuery

Value = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f]+$")]
Values = Annotated[list[Value], Query(max_length=50)]
Score = Annotated[float | None, Query(ge=-1, le=1, allow_inf_nan=False)]

From = Annotated[
    str | None,
    Query(
        alias="from",
        max_length=40,
        description="First moment: RFC 3339, or a local time or date, which are Peru's.",
        examples=["2026-11-01"],
    ),
]
To = Annotated[
    str | None,
    Query(
        alias="to",
        max_length=40,
        description="End: a time is excluded, a plain date is the whole of that day.",
        examples=["2026-11-30"],
    ),
]

CursorParameter = Annotated[
    str | None, Query(max_length=128, description="`next_cursor` of the page before, for the same question.")
]


def moments(start: From = None, end: To = None) -> tuple[datetime | None, datetime | None]:
    """The range asked for, in order."""
    first = None if start is None else read_moment(start, field="from")
    last = None if end is None else read_moment(end, field="to", end=True)
    check_order(first, last)
    return first, last


Moments = Annotated[tuple[datetime | None, datetime | None], Depends(moments)]


def dimensions(
    *,
    region: Annotated[Values, Query(description="Departments: name, alias, capital or ubigeo code.")] = [],  # noqa: B006
    channel: Annotated[list[Channel], Query(max_length=20)] = [],  # noqa: B006
    product: Values = [],  # noqa: B006
    product_category: Values = [],  # noqa: B006
    aspect: Annotated[
        list[Aspect],
        Query(max_length=50, description="What speaks of them; sentiments are then opinions on them."),
    ] = [],  # noqa: B006
) -> Filters:
    """The filters that series, ratings and items share; each may be given several times."""
    return Filters(
        regions=departments(region),
        channels=tuple(channel),
        products=tuple(product),
        product_categories=tuple(product_category),
        aspects=tuple(aspect),
    )


DimensionsDep = Annotated[Filters, Depends(dimensions)]


def filters(
    shared: DimensionsDep,
    sentiment: Annotated[list[Sentiment], Query(max_length=3)] = [],  # noqa: B006
) -> Filters:
    """The filters that series and items share."""
    return replace(shared, sentiments=tuple(sentiment))


FiltersDep = Annotated[Filters, Depends(filters)]


def item_filters(
    *,
    shared: FiltersDep,
    q: Annotated[
        str | None,
        Query(
            description="Words that the text must hold, or begin words of it; case and accents do not matter."
        ),
    ] = None,
    min_score: Score = None,
    max_score: Score = None,
    flag: Annotated[list[Flag], Query(max_length=20)] = [],  # noqa: B006
) -> ItemFilters:
    """The filters of single items, all but their time."""
    if min_score is not None and max_score is not None and min_score > max_score:
        raise InvalidQuery("min_score", "must not be above `max_score`")
    return ItemFilters(
        regions=shared.regions,
        channels=shared.channels,
        products=shared.products,
        product_categories=shared.product_categories,
        aspects=shared.aspects,
        sentiments=shared.sentiments,
        words=search_words(q),
        lowest_score=min_score,
        highest_score=max_score,
        flags=tuple(flag),
    )


ItemFiltersDep = Annotated[ItemFilters, Depends(item_filters)]
