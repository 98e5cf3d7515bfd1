"""What people talk about, and what changes in it: concepts, trends and alarms."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from pulso_contracts.base import Lenient, Strict, UtcDatetime
from pulso_contracts.feedback import Channel


class ConceptKind(StrEnum):
    """What a concept is; the files of the taxonomy are named by it.

    A `term` is a word or phrase that no list has: found in the texts, or added by a user.
    """

    DISH = "dish"
    DRINK = "drink"
    INGREDIENT = "ingredient"
    FLAVOUR = "flavour"
    DIET = "diet"
    SERVICE = "service"
    TERM = "term"


class TrendStatus(StrEnum):
    """What is found about a concept in a place.

    `expected` rises because of a day of the calendar. `missing` did not, though it did last year: what is
    expected of it then is a peak of at least that height. `not_enough_data` says that nothing could be found:
    ask for the natural region or the country.
    """

    RISING = "rising"
    FALLING = "falling"
    NEW = "new"
    STABLE = "stable"
    EXPECTED = "expected"
    MISSING = "missing"
    NOT_ENOUGH_DATA = "not_enough_data"


class Mood(Lenient):
    """What is thought of a concept in a stretch of days. `score` is None without voices."""

    voices: int
    positive_share: float | None
    negative_share: float | None
    score: float | None


class Trend(Lenient):
    """What is found about one concept in one place.

    `count` voices were heard in the last `window_days` days; at the shares of the weeks before, within each
    channel, it would have been `expected`. `ratio` is their quotient, with a 95 % interval. `q_value` is
    the share
    of chance among all trends that are at least as unlikely. `explained_by` names the concept and place of
    a finer change that this one only repeats. `since` is the day of the alarm that stands, if
    any. `near_duplicate_share` of the items were copies or too many of one person, and are not among the
    voices.
    """

    concept: str
    name_es: str
    name_en: str
    kind: ConceptKind
    place: str
    status: TrendStatus
    since: str | None
    window_days: int
    count: int
    expected: float
    ratio: float
    ratio_low: float
    ratio_high: float | None
    q_value: float
    cause: str | None = None
    explained_by: tuple[str, str] | None = None
    now: Mood
    before: Mood
    items: int
    near_duplicate_share: float
    channels: dict[Channel, int]
    people: int | None = None
    sources: dict[str, int] = {}
    examples: list[str] = []


class EmergingAnswer(Lenient):
    """The answer to `GET /trends/emerging`.

    `trends` come the surest first. Of those that are rising, falling or new at most `false_share` are chance.
    `looked_at` tells when the counts were looked at last; None: not yet. `tested` series had data enough.
    `next_cursor` is None on the last page; it is worth nothing once there is another `looked_at`.
    """

    time_zone: str = "America/Lima"
    looked_at: UtcDatetime | None
    last_day: str | None
    false_share: float
    tested: int
    recounting: bool
    trends: list[Trend]
    next_cursor: str | None = None


Name = Annotated[str, StringConstraints(min_length=2, max_length=80, strip_whitespace=True)]


class NewConcept(Strict):
    """A concept to count from now on, and in all history."""

    id: Annotated[
        str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,59}$"), Field(examples=["yogur_de_lucuma"])
    ]
    kind: ConceptKind = ConceptKind.TERM
    es: Annotated[Name, Field(examples=["yogur de lúcuma"])]
    en: Annotated[Name, Field(examples=["lucuma yoghurt"])]
    parent: str | None = None
    variants: Annotated[list[Name], Field(max_length=50)] = []


class NewConcepts(Strict):
    """Concepts to add, all or none."""

    concepts: Annotated[list[NewConcept], Field(min_length=1, max_length=100)]


class ConceptsAdded(Lenient):
    """The ids of the added concepts; history is counted anew by them."""

    added: list[str]
    recounting: bool = True


class ListedConcept(Lenient):
    """A concept that is counted: `added` by a user, `discovered` in the texts, or shipped with Pulso."""

    id: str
    kind: ConceptKind
    es: str
    en: str
    parent: str | None
    variants: list[str]
    added: bool
    discovered: bool


class TaxonomyAnswer(Lenient):
    """One page of the concepts that are counted, by id; `next_cursor` is None on the last one.

    `recounting` while history is not yet counted by all of them.
    """

    recounting: bool
    concepts: list[ListedConcept]
    next_cursor: str | None = None
