"""What people talk about, how they feel about it, and how its share moved."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Response
from pulso_contracts.feedback import Channel
from pulso_contracts.topics import TopicsAnswer
from pulso_contracts.trends import Bucket
from pulso_kit.listing import AnswerFormDep

from pulso_trends.api.dependencies import ResourcesDep
from pulso_trends.api.parameters import Moments, Values
from pulso_trends.api.tables import TOPICS
from pulso_trends.domain.filters import departments
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.period import period_between
from pulso_trends.domain.topics.answer import tell
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.topic_counts import TopicQuestion, read_examples, read_topic_counts
from pulso_trends.store.topics import topics_state

router = APIRouter(prefix="/trends", tags=["trends"])


@router.get("/topics", response_model=TopicsAnswer, responses=TOPICS.responses)
async def topics(
    *,
    form: AnswerFormDep,
    resources: ResourcesDep,
    moments: Moments,
    region: Annotated[
        Values,
        Query(description="Departments: name, alias, capital or ubigeo code.", examples=[["Arequipa"]]),
    ] = [],  # noqa: B006
    channel: Annotated[list[Channel], Query(max_length=20)] = [],  # noqa: B006
) -> TopicsAnswer | Response:
    """What people talk about, in topics of terms that belong together; by default in the last 30 days.

    Each text counts for one topic, so shares sum to 1. Topics are made anew once a week from what the whole
    country speaks of, and keep their ids. `corrected` is as in `GET /trends/sentiment`; `change` compares
    shares with the period of the same length before.
    """
    with QUERY_SECONDS.labels("topics").time():
        period = period_between(*moments, Bucket.DAY, now=datetime.now(UTC))
        channels = [each.value for each in channel]
        question = TopicQuestion(period.first, period.stop, departments(region), channels)
        database, correction = resources.database, resources.confusion.correction
        state = await topics_state(database)
        taxonomy = await resources.taxonomy.told(database)
        counted = await read_topic_counts(database, question)
        examples = await read_examples(database, question, taxonomy, state.topics)
        told = tell(counted, state.topics, taxonomy.concepts, examples, correction)
    answer = TopicsAnswer(
        start=start_of_day(period.first).isoformat(),
        end=start_of_day(period.stop).isoformat(),
        grouped_at=state.grouped_at,
        recounting=state.recounting,
        voices=sum(each.voices for each in told),
        topics=told,
        corrected_by=None if correction is None else correction.model_version,
    )
    return await form.of(answer, TOPICS)
