"""`POST /feedback`: one item."""

from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import APIRouter, Body
from pulso_contracts.feedback import FeedbackAccepted, FeedbackIn, FeedbackStatus
from pulso_kit.errors import Malformed

from pulso_ingest.api.dependencies import TheIntake, refusals
from pulso_ingest.api.strict_route import StrictJsonRoute

router = APIRouter(tags=["feedback"], route_class=StrictJsonRoute)

EXAMPLE: Final = {
    "text": "El ceviche estuvo bacán, pero el delivery llegó tarde.",
    "channel": "review",
    "source": "google_maps",
    "external_id": "r-20931",
    "created_at": "2026-11-01T13:30:00-05:00",
    "region": "Arequipa",
    "product": "ceviche clásico",
    "rating": 4,
}


@router.post("/feedback", status_code=202, summary="Send one piece of feedback")
async def post_feedback(
    item: Annotated[FeedbackIn, Body(openapi_examples={"review": {"value": EXAMPLE}})], intake: TheIntake
) -> FeedbackAccepted:
    """Answers when the item is in the stream, on disk.

    Sending it again is harmless: the same `source` and `external_id`, or the same content, is a `duplicate`.
    """
    with refusals():
        [outcome] = await intake.publish([intake.prepare(item, datetime.now(UTC))])
    if isinstance(outcome, list):
        raise Malformed("Some fields break their rules.", errors=outcome)
    received, status = outcome
    return FeedbackAccepted(
        id=received.event.id, status=FeedbackStatus(status).value, warnings=received.warnings
    )
