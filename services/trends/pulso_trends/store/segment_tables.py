"""The tables of segments: what is told of each, by what it is known again, and when it was computed."""

from datetime import datetime
from typing import Any, Final

from pulso_kit.columns import UtcDateTime
from sqlalchemy import Column, SmallInteger, Table, Text
from sqlmodel import Field

from pulso_trends.store.columns import Json, LongInteger
from pulso_trends.store.tables import METADATA, TrendsTable


class SegmentRow(TrendsTable, table=True):
    """A segment. Those that are not `current` were not found by the last computation, and may come back.

    `told` is what is told of it, `profile` the weights of the concepts by which it is known again; neither
    holds anything of fewer than five people.
    """

    __tablename__ = "segment"

    id: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    current: bool
    first_day: int = Field(sa_type=LongInteger)
    last_day: int = Field(sa_type=LongInteger)
    told: dict[str, Any] = Field(sa_type=Json)
    profile: dict[str, float] = Field(sa_type=Json)


class SegmentStateRow(TrendsTable, table=True):
    """The only row: the last computation, the last id that was given, and since when somebody computes anew.

    `computed_seq` is the last item that was indexed before it; `people` wrote under an id,
    `people_with_enough` often enough, and `people_compared` of these were drawn.
    """

    __tablename__ = "segment_state"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    claimed_at: datetime | None = Field(sa_type=UtcDateTime)
    computed_at: datetime | None = Field(sa_type=UtcDateTime)
    computed_day: int | None = Field(sa_type=LongInteger)
    computed_seq: int = Field(sa_type=LongInteger)
    people: int = Field(sa_type=LongInteger)
    people_with_enough: int = Field(sa_type=LongInteger)
    people_compared: int = Field(sa_type=LongInteger)
    chance: float | None
    reason: str | None = Field(sa_type=Text)
    last_id: int = Field(sa_type=LongInteger)


SEGMENT: Final[Table] = METADATA.tables["segment"]
SEGMENT_STATE: Final[Table] = METADATA.tables["segment_state"]
