"""Groups of people who talk about the same things."""

from fastapi import APIRouter, Response
from pulso_contracts.segments import NoSegments, Segment, SegmentsAnswer
from pulso_kit.listing import AnswerFormDep

from pulso_trends.api.dependencies import DatabaseDep
from pulso_trends.api.tables import SEGMENTS
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.segments.finding import LEAST_VOICES
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.people import WINDOW_DAYS
from pulso_trends.store.segments import KeptSegment, read_segments

router = APIRouter(tags=["trends"])


@router.get(
    "/trends/segments",
    summary="Who talks about what?",
    response_model=SegmentsAnswer,
    responses=SEGMENTS.responses,
)
async def segments(form: AnswerFormDep, database: DatabaseDep) -> SegmentsAnswer | Response:
    """Groups of people by what they talk about, with their size, tastes, mood and tags; computed once a day.

    Only people who wrote at least five times under an id in the last 180 days are grouped, and nothing is
    told of fewer than ten, or five in a breakdown. Groups are told only where people differ more than chance
    lets them; that there are none, `no_structure`, is a normal answer.
    """
    with QUERY_SECONDS.labels("segments").time():
        kept = await read_segments(database)
    answer = SegmentsAnswer(
        computed_at=kept.computed_at,
        window_days=WINDOW_DAYS,
        least_items=LEAST_VOICES,
        people=kept.people,
        people_with_enough=kept.people_with_enough,
        people_compared=kept.people_compared,
        chance=kept.chance,
        reason=None if kept.reason is None else NoSegments(kept.reason),
        segments=[_segment(each) for each in kept.segments],
    )
    return await form.of(answer, SEGMENTS)


def _segment(kept: KeptSegment) -> Segment:
    since = start_of_day(kept.first_day).date().isoformat()
    return Segment.model_validate({**kept.told, "id": kept.id, "since": since})
