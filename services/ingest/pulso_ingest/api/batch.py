"""`POST /feedback/batch`: up to 1,000 items in one request."""

import asyncio
from itertools import islice
from typing import Any, Final

from fastapi import APIRouter, Request
from pulso_contracts.feedback import MAX_BATCH_ITEMS, BatchItemResult, BatchResult, FeedbackStatus
from pulso_kit.errors import BadRequest, TooLarge, UnsupportedMedia

from pulso_ingest.api.dependencies import TheIntake, refusals
from pulso_ingest.api.feedback import EXAMPLE
from pulso_ingest.api.strict_route import media_type
from pulso_ingest.intake import Outcome
from pulso_ingest.validation import InvalidJson, json_lines, strict_json, valid_item, valid_line

NDJSON_TYPES: Final = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})

_ITEM: Final = {"$ref": "#/components/schemas/FeedbackIn"}
_BATCH_BODY: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": _ITEM, "maxItems": MAX_BATCH_ITEMS},
                "example": [EXAMPLE, {"text": "Riquísimo 😋", "channel": "chat"}],
            },
            "application/x-ndjson": {
                "schema": {"type": "string", "description": "One item per line."},
                "example": '{"text": "Riquísimo", "channel": "chat"}\n{"text": "Frío", "channel": "chat"}\n',
            },
        },
    }
}

router = APIRouter(tags=["feedback"])


@router.post(
    "/feedback/batch", status_code=202, summary="Send up to 1,000 at once", openapi_extra=_BATCH_BODY
)
async def post_batch(request: Request, intake: TheIntake) -> BatchResult:
    """A JSON array, or NDJSON with one item per line; a bad item is reported by index, the rest is kept."""
    kind = media_type(request)
    body = await request.body()
    with refusals():
        if kind in NDJSON_TYPES:
            outcomes = await intake.take(await asyncio.to_thread(_lines_of, body), valid_line)
        elif kind == "application/json":
            outcomes = await intake.take(await asyncio.to_thread(_array_of, body), valid_item)
        else:
            raise UnsupportedMedia("Send a batch as application/json or application/x-ndjson.")
    return _result(outcomes)


def _lines_of(body: bytes) -> list[bytes]:
    lines = list(islice(json_lines(body), MAX_BATCH_ITEMS + 1))
    return _within_limit(lines)


def _array_of(body: bytes) -> list[Any]:
    try:
        items = strict_json(body)
    except InvalidJson as error:
        raise BadRequest(f"The body is not valid JSON: {error}.") from None
    if not isinstance(items, list):
        raise BadRequest("The body is not a JSON array of items.")
    return _within_limit(items)


def _within_limit(items: list[Any]) -> list[Any]:
    if len(items) > MAX_BATCH_ITEMS:
        raise TooLarge(f"A batch has at most {MAX_BATCH_ITEMS} items; use an import for more.")
    return items


def _result(outcomes: list[Outcome]) -> BatchResult:
    items = []
    for index, outcome in enumerate(outcomes):
        if isinstance(outcome, list):
            items.append(BatchItemResult(index=index, status=FeedbackStatus.REJECTED, errors=outcome))
        else:
            received, status = outcome
            items.append(
                BatchItemResult(
                    index=index,
                    status=FeedbackStatus(status),
                    id=received.event.id,
                    warnings=received.warnings,
                )
            )
    return BatchResult(
        accepted=sum(item.status is FeedbackStatus.ACCEPTED for item in items),
        duplicates=sum(item.status is FeedbackStatus.DUPLICATE for item in items),
        rejected=sum(item.status is FeedbackStatus.REJECTED for item in items),
        items=items,
    )
