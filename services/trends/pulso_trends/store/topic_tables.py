"""The tables of topics: their members, how they were made, and what is counted of them by day."""

from datetime import datetime
from typing import Final

from pulso_kit.columns import UtcDateTime
from sqlalchemy import Column, SmallInteger, Table, Text
from sqlmodel import Field

from pulso_trends.store.columns import Json, LongInteger
from pulso_trends.store.tables import METADATA, TrendsTable


class TopicRow(TrendsTable, table=True):
    """A topic of now. `members` are concept, weight and voices of each, in their order."""

    __tablename__ = "topic"

    id: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    label_es: str = Field(sa_type=Text)
    label_en: str = Field(sa_type=Text)
    members: list[list[str | int]] = Field(sa_type=Json)


class TopicStateRow(TrendsTable, table=True):
    """The only row: when and from what the topics were made.

    `version` changes with each change of them, `next_id` is the first id that was never given. `fingerprint`
    is that of the taxonomy that they were made with, `grouped_day` and `grouped_seq` the day and the last
    item of that time.
    """

    __tablename__ = "topic_state"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    version: int = Field(sa_type=LongInteger)
    next_id: int = Field(sa_type=LongInteger)
    fingerprint: str = Field(sa_type=Text)
    model_version: str = Field(sa_type=Text)
    grouped_at: datetime | None = Field(sa_type=UtcDateTime)
    grouped_day: int | None = Field(sa_type=LongInteger)
    grouped_seq: int = Field(sa_type=LongInteger)


class TopicDayRow(TrendsTable, table=True):
    """One day of one topic in one department and channel: each item is counted once, where it is at home.

    Counts and '' in `region` are as in `MentionRow`; topic 0 is the rest.
    """

    __tablename__ = "topic_day"
    __table_args__ = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "80"}}

    day: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    topic: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    region: str = Field(sa_type=Text, primary_key=True)
    channel: str = Field(sa_type=Text, primary_key=True)
    items: int = Field(sa_type=LongInteger)
    voices: int = Field(sa_type=LongInteger)
    negative: int = Field(sa_type=LongInteger)
    neutral: int = Field(sa_type=LongInteger)
    positive: int = Field(sa_type=LongInteger)
    score: int = Field(sa_type=LongInteger)


TOPIC: Final[Table] = METADATA.tables["topic"]
TOPIC_STATE: Final[Table] = METADATA.tables["topic_state"]
TOPIC_DAY: Final[Table] = METADATA.tables["topic_day"]
