"""Writing and reading briefs."""

from operator import itemgetter
from typing import Annotated, Final

from fastapi import APIRouter, Path, Query, Request, Response
from pulso_contracts.feedback import FieldError
from pulso_contracts.insights import Insight, InsightPage, InsightRequest, InsightSummary
from pulso_kit.csv_table import columns_of
from pulso_kit.errors import Malformed, NotFound
from pulso_kit.listing import AnswerFormDep, Listing

from pulso_insights.composer import Composer
from pulso_insights.store.briefs import BriefStore

router = APIRouter(prefix="/insights", tags=["insights"])

_ID = r"^[0-9a-f]{20}$"
BRIEFS: Final = Listing(
    "pulso-insights",
    columns_of(InsightSummary),
    itemgetter("items"),
    {
        "id": "0a1b2c3d4e5f60718293",
        "created_at": "2026-11-01T17:30:00Z",
        "audience": "product",
        "language": "es",
        "scope": {"from": "2026-10-01", "to": "2026-10-31", "region": "Arequipa"},
        "title": "Arequipa: del 1 de octubre de 2026 al 31 de octubre de 2026",
        "writer": {"name": "grounded"},
    },
)


@router.post("", status_code=201)
async def write_insight(wanted: InsightRequest, request: Request) -> Insight:
    """Writes a brief about a scope for an audience. Every figure in it is one of its `facts`."""
    composer: Composer = request.app.state.composer
    return await composer.compose(wanted)


@router.get("", response_model=InsightPage, responses=BRIEFS.responses)
async def list_insights(
    form: AnswerFormDep,
    request: Request,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(pattern=_ID, description="`next_cursor` of the page before.")] = None,
) -> InsightPage | Response:
    """Lists briefs, newest first."""
    store: BriefStore = request.app.state.briefs
    found = await store.page(limit=limit + 1, after=cursor)
    if found is None:
        wrong = FieldError(field="cursor", message="is not one given by a page")
        raise Malformed("There is no page there.", errors=[wrong])
    shown = [InsightSummary.model_validate(insight, from_attributes=True) for insight in found[:limit]]
    page = InsightPage(items=shown, next_cursor=shown[-1].id if len(found) > limit else None)
    return await form.of(page, BRIEFS)


@router.get("/{insight_id}", responses={404: {"description": "Not Found"}})
async def read_insight(insight_id: Annotated[str, Path(pattern=_ID)], request: Request) -> Insight:
    """One brief, as it was written."""
    store: BriefStore = request.app.state.briefs
    insight = await store.find(insight_id)
    if insight is None:
        raise NotFound("No brief has that id.")
    return insight
