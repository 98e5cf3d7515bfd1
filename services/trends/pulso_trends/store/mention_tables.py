"""The tables of what people talk about: counts by day, what is remembered to count voices, and alarms."""

from datetime import datetime
from typing import Any, Final

from pulso_kit.columns import UtcDateTime
from sqlalchemy import Column, Index, SmallInteger, Table, Text
from sqlmodel import Field

from pulso_trends.store.columns import Json, LongInteger
from pulso_trends.store.tables import METADATA, TrendsTable


class MentionRow(TrendsTable, table=True):
    """One day of one concept in one department and channel; the concept '' stands for everything said there.

    `items` counts all, `voices` those that are a voice of their own (`pulso_trends.domain.voices`), and the
    sentiments those of voices; `score` is their sum in millionths. '' in `region` stands for an open one.
    """

    __tablename__ = "mention"
    __table_args__ = (
        Index(None, "concept", "day"),
        {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "80"}},
    )

    day: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    concept: str = Field(sa_type=Text, primary_key=True)
    region: str = Field(sa_type=Text, primary_key=True)
    channel: str = Field(sa_type=Text, primary_key=True)
    items: int = Field(sa_type=LongInteger)
    voices: int = Field(sa_type=LongInteger)
    negative: int = Field(sa_type=LongInteger)
    neutral: int = Field(sa_type=LongInteger)
    positive: int = Field(sa_type=LongInteger)
    score: int = Field(sa_type=LongInteger)


class TextPrintRow(TrendsTable, table=True):
    """A fingerprint of a text, and the latest day on which a text with it was written; no text."""

    __tablename__ = "text_print"
    __table_args__ = (Index(None, "day"), {"sqlite_with_rowid": False})

    print: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    day: int = Field(sa_type=LongInteger)


class PersonDayRow(TrendsTable, table=True):
    """How many voices of a person, by the hash of their id, counted on a day."""

    __tablename__ = "person_day"
    __table_args__ = {"sqlite_with_rowid": False}

    day: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    customer: str = Field(sa_type=Text, primary_key=True)
    voices: int = Field(sa_type=LongInteger)


class ConceptRow(TrendsTable, table=True):
    """A concept besides those that come with Pulso: added by a user, or discovered in the texts."""

    __tablename__ = "concept"

    id: str = Field(sa_type=Text, primary_key=True)
    kind: str = Field(sa_type=Text)
    es: str = Field(sa_type=Text)
    en: str = Field(sa_type=Text)
    parent: str | None = Field(sa_type=Text)
    variants: list[str] = Field(sa_type=Json)
    discovered: bool
    added_at: datetime = Field(sa_type=UtcDateTime)


class TaxonomyStateRow(TrendsTable, table=True):
    """The only row: by which concepts the mentions are counted.

    `fingerprint` is that of all concepts, shipped and added. After a change of it the days below
    `recount_below`
    still hold the counts of former concepts, and the watch counts them anew from the newest to the oldest.
    """

    __tablename__ = "taxonomy_state"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    fingerprint: str = Field(sa_type=Text)
    recount_below: int | None = Field(sa_type=LongInteger)


class AlarmRow(TrendsTable, table=True):
    """An alarm: since `raised_on` a concept is talked of more, or less, in a place.

    It is open while `ended_on` is null. `quiet_days` counts the days since it was last unlikely; `place` is a
    department, a natural region or the country.
    """

    __tablename__ = "alarm"
    __table_args__ = (Index(None, "ended_on"),)

    concept: str = Field(sa_type=Text, primary_key=True)
    place: str = Field(sa_type=Text, primary_key=True)
    direction: str = Field(sa_type=Text, primary_key=True)
    raised_on: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    quiet_days: int = Field(sa_column=Column(SmallInteger, nullable=False))
    ended_on: int | None = Field(sa_type=LongInteger)


class TrendRow(TrendsTable, table=True):
    """What the last look found about a concept in a place; rewritten as a whole by each look."""

    __tablename__ = "trend"
    __table_args__ = (Index(None, "status", "chance"),)

    concept: str = Field(sa_type=Text, primary_key=True)
    place: str = Field(sa_type=Text, primary_key=True)
    kind: str = Field(sa_type=Text)
    status: str = Field(sa_type=Text)
    explained: bool
    """Whether it only repeats a finer change."""
    chance: float
    """The smaller q-value of both directions: what sorts them."""
    found: dict[str, Any] = Field(sa_type=Json)


class WatchStateRow(TrendsTable, table=True):
    """The only row: the last whole day whose alarms were raised, and what the last look saw.

    `discovered_day` and `discovered_seq` are the day and the item up to which new terms were looked for;
    `tested` series had data enough; `raised` are day and number of the alarms that the budget remembers.
    """

    __tablename__ = "watch_state"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    judged_day: int | None = Field(sa_type=LongInteger)
    looked_at: datetime | None = Field(sa_type=UtcDateTime)
    looked_day: int | None = Field(sa_type=LongInteger)
    discovered_day: int | None = Field(sa_type=LongInteger)
    discovered_seq: int = Field(sa_type=LongInteger)
    seen_seq: int = Field(sa_type=LongInteger)
    tested: int = Field(sa_type=LongInteger)
    raised: list[list[int]] = Field(sa_type=Json)


MENTION: Final[Table] = METADATA.tables["mention"]
TEXT_PRINT: Final[Table] = METADATA.tables["text_print"]
PERSON_DAY: Final[Table] = METADATA.tables["person_day"]
CONCEPT: Final[Table] = METADATA.tables["concept"]
TAXONOMY_STATE: Final[Table] = METADATA.tables["taxonomy_state"]
ALARM: Final[Table] = METADATA.tables["alarm"]
TREND: Final[Table] = METADATA.tables["trend"]
WATCH_STATE: Final[Table] = METADATA.tables["watch_state"]
