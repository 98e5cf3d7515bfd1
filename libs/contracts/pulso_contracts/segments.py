"""Groups of people who talk about the same things, without any person."""

from enum import StrEnum

from pulso_contracts.base import Lenient, UtcDatetime
from pulso_contracts.emerging import ConceptKind


class NoSegments(StrEnum):
    """Why there are no segments.

    `not_enough_people` wrote often enough under an id of theirs. With `no_structure` what people say on some
    days tells no more of what they say on others than chance would: dividing them would be arbitrary.
    """

    NOT_COMPUTED = "not_computed"
    NOT_ENOUGH_PEOPLE = "not_enough_people"
    NO_STRUCTURE = "no_structure"


class SegmentConcept(Lenient):
    """What a segment talks about more than everybody.

    `share` is the part of their days with feedback on which its people speak of it, `share_of_all` that of
    everybody, `lift` the quotient. A day is counted for the segment that its person would be in without that
    day, so these are not the remarks that made the segment.
    """

    id: str
    name_es: str
    name_en: str
    kind: ConceptKind
    share: float
    share_of_all: float
    lift: float


class SegmentTag(Lenient):
    """A word for the people of a segment; the figures as of `SegmentConcept`, for all that stands for it."""

    id: str
    name_es: str
    name_en: str
    share: float
    share_of_all: float
    lift: float


class Segment(Lenient):
    """A group of at least ten people who talk about the same things.

    `id` stays with a segment from one computation to the next and is never given to another; `since` is the
    day on which it was first found. `share` is its part of `people_compared`. `departments` count people,
    each in the department of most of their items, where they are at least five. Of concepts and tags at
    least five people are behind each, and of those told at most 5 % are chance.
    """

    id: int
    since: str
    name_es: str
    name_en: str
    people: int
    share: float
    items: int
    positive_share: float
    negative_share: float
    score: float
    concepts: list[SegmentConcept]
    tags: list[SegmentTag]
    departments: dict[str, int]


class SegmentsAnswer(Lenient):
    """The answer to `GET /trends/segments`, the largest segment first.

    Of `people` who wrote under an id in the last `window_days`, those with `least_items` are
    `people_with_enough`; of very many an even part is drawn, `people_compared`. `chance` is how often people
    without any tastes would differ as much; segments are told below 0.01. With a `reason` there are none.
    """

    time_zone: str = "America/Lima"
    computed_at: UtcDatetime | None
    window_days: int
    least_items: int
    people: int
    people_with_enough: int
    people_compared: int
    chance: float | None
    reason: NoSegments | None
    segments: list[Segment]
