"""What rises, falls or is new, and the concepts that are counted."""

from operator import attrgetter
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Query, Response
from pulso_contracts.emerging import (
    ConceptKind,
    ConceptsAdded,
    EmergingAnswer,
    ListedConcept,
    Mood,
    NewConcepts,
    TaxonomyAnswer,
    Trend,
    TrendStatus,
)
from pulso_contracts.feedback import FieldError
from pulso_contracts.peru import MacroRegion
from pulso_kit.errors import Malformed, problem_responses
from pulso_kit.listing import AnswerFormDep

from pulso_trends.api.dependencies import DatabaseDep, ResourcesDep
from pulso_trends.api.parameters import CursorParameter, Value
from pulso_trends.api.tables import CONCEPTS, TRENDS
from pulso_trends.domain.concepts import Concept, TaxonomyError
from pulso_trends.domain.cube import MICRO
from pulso_trends.domain.cursor import ConceptCursor, LookCursor
from pulso_trends.domain.emerging.discoveries import FALSE_SHARE
from pulso_trends.domain.emerging.look import NEWS
from pulso_trends.domain.emerging.places import COUNTRY
from pulso_trends.domain.filters import departments
from pulso_trends.domain.lima import start_of_day
from pulso_trends.errors import InvalidQuery
from pulso_trends.metrics import QUERY_SECONDS
from pulso_trends.store.taxonomy import add_concepts, read_taxonomy
from pulso_trends.store.trends import Kept, read_trends

MOST_CONCEPTS: Final = 3_000
"""More than Pulso brings along and can discover: a page is cut only where users add many."""

router = APIRouter(tags=["trends"])


def places(
    region: Annotated[
        list[Value],
        Query(
            max_length=50,
            description="Departments, `coast`, `highlands`, `jungle`, `Perú`; default: all.",
        ),
    ] = [],  # noqa: B006
) -> tuple[str, ...]:
    """The places asked for."""
    wider = {place.value: place.value for place in MacroRegion} | {"perú": COUNTRY, "peru": COUNTRY}
    found = [wider[name.lower()] for name in region if name.lower() in wider]
    return (*found, *departments([name for name in region if name.lower() not in wider]))


@router.get(
    "/trends/emerging", response_model=EmergingAnswer, responses=TRENDS.responses | problem_responses(409)
)
async def emerging(
    *,
    form: AnswerFormDep,
    resources: ResourcesDep,
    places: Annotated[tuple[str, ...], Depends(places)],
    kind: Annotated[list[ConceptKind], Query(max_length=10)] = [],  # noqa: B006
    status: Annotated[list[TrendStatus], Query(max_length=10, description="Default: what is news.")] = [],  # noqa: B006
    concept: Annotated[list[Value], Query(max_length=50, description="Ids of `GET /taxonomy`.")] = [],  # noqa: B006
    explained: Annotated[
        bool, Query(description="With changes that only repeat a finer one: of a group, of a wider place.")
    ] = False,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: CursorParameter = None,
) -> EmergingAnswer | Response:
    """What changes in what people talk about, by department, natural region and country, the surest first.

    Shares are tested within each channel, against the same weekdays of the fifteen weeks before; of what is
    called rising, falling or new on a day at most 5 % are chance.

    Pages are of one look. Once there is another, about each minute while items come, 409 says to begin again.
    """
    after = None if cursor is None else LookCursor.decode(cursor)
    with QUERY_SECONDS.labels("emerging").time():
        database = resources.database
        names = (await resources.taxonomy.told(database)).concepts
        if unknown := [each for each in concept if each not in names]:
            raise InvalidQuery("concept", f"is not in the taxonomy: {unknown[0]}")
        looked = await read_trends(
            database,
            places=places,
            kinds=kind,
            statuses=status or [*NEWS],
            concepts=concept,
            explained=explained,
            limit=limit,
            after=after,
        )
    answer = EmergingAnswer(
        looked_at=looked.looked_at,
        last_day=None if looked.last_day is None else start_of_day(looked.last_day).date().isoformat(),
        false_share=FALSE_SHARE,
        tested=looked.tested,
        recounting=looked.recounting,
        trends=[_trend(each, names[each.concept]) for each in looked.trends if each.concept in names],
        next_cursor=None if looked.following is None else looked.following.encode(),
    )
    return await form.of(answer, TRENDS)


@router.get("/taxonomy", response_model=TaxonomyAnswer, responses=CONCEPTS.responses)
async def taxonomy(
    *,
    form: AnswerFormDep,
    database: DatabaseDep,
    kind: Annotated[list[ConceptKind], Query(max_length=10)] = [],  # noqa: B006
    limit: Annotated[int, Query(ge=1, le=MOST_CONCEPTS)] = MOST_CONCEPTS,
    cursor: CursorParameter = None,
) -> TaxonomyAnswer | Response:
    """The concepts that are counted, by id: they come with Pulso, were added, or discovered in the texts."""
    after = "" if cursor is None else ConceptCursor.decode(cursor).id
    now = await read_taxonomy(database)
    chosen = (each for each in now.concepts if each.id > after and (not kind or each.kind in kind))
    found = sorted(chosen, key=attrgetter("id"))[: limit + 1]
    listed = [
        ListedConcept(
            id=each.id,
            kind=each.kind,
            es=each.es,
            en=each.en,
            parent=each.parent,
            variants=list(each.variants),
            added=each.id in now.added,
            discovered=each.id in now.discovered,
        )
        for each in found[:limit]
    ]
    following = ConceptCursor(listed[-1].id).encode() if len(found) > limit else None
    answer = TaxonomyAnswer(recounting=now.recounting, concepts=listed, next_cursor=following)
    return await form.of(answer, CONCEPTS)


@router.post("/taxonomy", status_code=202)
async def add(database: DatabaseDep, body: NewConcepts) -> ConceptsAdded:
    """Add concepts, all or none; what was said before is counted anew, the newest days first."""
    concepts = [
        Concept(each.id, each.kind, each.es, each.en, each.parent, tuple(each.variants))
        for each in body.concepts
    ]
    try:
        await add_concepts(database, concepts)
    except TaxonomyError as error:
        field = FieldError(field="concepts", message=str(error))
        raise Malformed("The concepts contradict each other or what is there.", errors=[field]) from error
    return ConceptsAdded(added=[each.id for each in concepts])


def _trend(kept: Kept, concept: Concept) -> Trend:
    items, voices = kept.now[0], kept.now[1]
    found = kept.found
    return Trend.model_validate(
        found
        | {
            "concept": concept.id,
            "name_es": concept.es,
            "name_en": concept.en,
            "kind": concept.kind.value,
            "place": kept.place,
            "status": kept.status,
            "since": None if kept.since is None else start_of_day(kept.since).date().isoformat(),
            "now": _mood(kept.now),
            "before": _mood(kept.before),
            "items": items,
            "near_duplicate_share": round(1 - voices / items, 4) if items else 0.0,
            "channels": kept.channels,
        }
    )


def _mood(counts: tuple[int, ...]) -> Mood:
    _, voices, negative, _, positive, score = counts
    if not voices:
        return Mood(voices=0, positive_share=None, negative_share=None, score=None)
    return Mood(
        voices=voices,
        positive_share=round(positive / voices, 4),
        negative_share=round(negative / voices, 4),
        score=round(score / MICRO / voices, 4),
    )
