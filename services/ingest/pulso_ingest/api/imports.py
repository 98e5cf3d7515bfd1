"""`POST /imports`, `GET /imports` and `GET /imports/{id}`."""

from operator import itemgetter
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from pulso_contracts.feedback import Channel
from pulso_contracts.imports import ImportJob, ImportPage
from pulso_kit.csv_table import columns_of
from pulso_kit.errors import BadRequest
from pulso_kit.listing import AnswerFormDep, Listing
from starlette.requests import ClientDisconnect

from pulso_ingest.imports.desk import FORM, ID_FORM, ImportDesk

MOST_PER_PAGE: Final = 100

_OPTIONS: Final[dict[str, Any]] = {
    "channel": {"type": "string", "enum": [channel.value for channel in Channel]},
    **{name: {"type": "string"} for name in ("source", "region", "product", "product_category")},
    "map": {"type": "array", "items": {"type": "string", "examples": ["comentario del cliente=text"]}},
}
_BINARY: Final = {"schema": {"type": "string", "format": "binary"}}
_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "description": "A CSV, NDJSON or XLSX file, plain or gzip; its first bytes tell which.",
        "content": {
            FORM: {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary"}, **_OPTIONS},
                }
            },
            "text/csv": _BINARY,
            "application/x-ndjson": _BINARY,
            "application/octet-stream": _BINARY,
        },
    }
}

JOBS: Final = Listing(
    "pulso-imports",
    columns_of(ImportJob, without={"rejected_rows"}),
    itemgetter("items"),
    {
        "id": "20261101T173000000000-0a1b2c3d",
        "state": "completed",
        "filename": "encuestas.csv",
        "created_at": "2026-11-01T17:30:00Z",
        "finished_at": "2026-11-01T17:30:09Z",
        "bytes_total": 20480,
        "bytes_read": 20480,
        "rows": 120,
        "accepted": 118,
        "duplicates": 1,
        "rejected": 1,
        "ignored_columns": ["tienda"],
        "unknown_regions": {"Quito": 2},
    },
)

router = APIRouter(tags=["imports"])


def _desk(request: Request) -> ImportDesk:
    desk = request.app.state.import_desk
    assert isinstance(desk, ImportDesk)  # noqa: S101 - set by the lifespan
    return desk


TheDesk = Annotated[ImportDesk, Depends(_desk)]


@router.post("/imports", status_code=202, summary="Upload a file of feedback", openapi_extra=_BODY)
async def post_import(
    *,
    request: Request,
    response: Response,
    desk: TheDesk,
    channel: Annotated[Channel | None, Query(description="For rows without one.")] = None,
    source: Annotated[str | None, Query(description="For rows without one.")] = None,
    region: Annotated[str | None, Query(description="For rows without one: a department.")] = None,
    product: Annotated[str | None, Query(description="For rows without one.")] = None,
    product_category: Annotated[str | None, Query(description="For rows without one.")] = None,
    mapping: Annotated[
        list[str] | None, Query(alias="map", description="`<column>=<field>`, as often as needed.")
    ] = None,
    filename: Annotated[str | None, Query(description="For a body that is the file itself.")] = None,
) -> ImportJob:
    """Answers when the file is on disk; a job then reads it, and goes on by itself after a crash.

    Names of columns are recognised in Spanish and English. A row with no `external_id` is known by its
    contents: the same file again adds nothing, and equal rows are one.
    """
    declared = request.headers.get("content-length", "")
    options = {
        "channel": channel,
        "source": source,
        "region": region,
        "product": product,
        "product_category": product_category,
        "map": mapping,
    }
    try:
        job = await desk.accept(
            request.stream(),
            content_type=request.headers.get("content-type", ""),
            declared_bytes=int(declared) if declared.isdecimal() else 0,
            filename=filename,
            options=options,
        )
    except ClientDisconnect:
        raise BadRequest("The upload was cut off.") from None
    response.headers["Location"] = f"imports/{job.id}"
    return job


@router.get("/imports", summary="List imports", response_model=ImportPage, responses=JOBS.responses)
async def list_imports(
    form: AnswerFormDep,
    desk: TheDesk,
    cursor: Annotated[
        str | None, Query(pattern=f"^{ID_FORM}$", description="`next_cursor` of the page before.")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=MOST_PER_PAGE)] = 20,
) -> ImportPage | Response:
    """Newest first, without their rejected rows."""
    return await form.of(await desk.page(cursor, limit), JOBS)


@router.get("/imports/{job_id}", summary="How far an import is")
async def get_import(job_id: str, desk: TheDesk) -> ImportJob:
    """Counts, progress, and the first 1,000 rejected rows with their errors."""
    return await desk.get(job_id)
