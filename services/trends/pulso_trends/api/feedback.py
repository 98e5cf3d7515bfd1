"""Searching and reading items."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pulso_contracts.trends import FeedbackItem, FeedbackPage
from pulso_kit.errors import NotFound
from pulso_kit.listing import AnswerFormDep

from pulso_trends.api.dependencies import DatabaseDep
from pulso_trends.api.parameters import CursorParameter, ItemFiltersDep, Moments
from pulso_trends.api.tables import ITEMS
from pulso_trends.domain.cursor import ItemCursor
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.items import find_item, search

MAX_PAGE = 200

router = APIRouter(prefix="/feedback", tags=["feedback"])


@router.get("", response_model=FeedbackPage, responses=ITEMS.responses)
async def list_feedback(
    *,
    form: AnswerFormDep,
    database: DatabaseDep,
    moments: Moments,
    filters: ItemFiltersDep,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: CursorParameter = None,
) -> FeedbackPage | Response:
    """Items, newest first. Pages follow each other without gaps or repeats while new items arrive."""
    start, end = moments
    after = None if cursor is None else ItemCursor.decode(cursor)
    with QUERY_SECONDS.labels("search").time():
        items, following = await search(
            database, replace(filters, start=start, end=end), limit=limit, after=after
        )
    page = FeedbackPage(items=items, next_cursor=None if following is None else following.encode())
    return await form.of(page, ITEMS)


@router.get("/{id}", responses={404: {"description": "Not Found"}})
async def read_feedback(
    database: DatabaseDep,
    id: Annotated[str, Path(pattern="^[0-9A-Za-z_-]{1,128}$")],  # noqa: A002 - the API's name
) -> FeedbackItem:
    """One item, once it is indexed."""
    with QUERY_SECONDS.labels("item").time():
        item = await find_item(database, id)
    if item is None:
        raise NotFound("No indexed item has this id.")
    return item
