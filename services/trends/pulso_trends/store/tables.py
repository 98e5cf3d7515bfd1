"""The tables of the feedback database."""

from datetime import datetime
from typing import Any, Final

from pulso_kit.columns import UtcDateTime
from sqlalchemy import Boolean, Column, Index, MetaData, SmallInteger, Table, Text, text, true
from sqlmodel import Field, SQLModel

from pulso_trends.store.columns import Json, LongInteger

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

CONTRADICTS: Final = "rating >= 4 AND sentiment = 'negative' OR rating <= 2 AND sentiment = 'positive'"
"""Items whose stars and text contradict each other. They have an index, which these very words lead to."""


class TrendsTable(SQLModel):
    """The base of the tables: a metadata of their own, apart from those of other services."""

    metadata = METADATA


class FeedbackRow(TrendsTable, table=True):
    """One item. `seq` is its place in the order of indexing: what is committed later has a higher one.

    On PostgreSQL the table is partitioned by months (`pulso_trends.store.partitions`). A key of such a table
    must hold what it is partitioned by, so there the primary key is (`seq`, `created_at`).
    """

    __tablename__ = "feedback"
    __table_args__ = (
        Index(None, "created_at", "seq"),
        Index(
            "ix_feedback_contradicts",
            "created_at",
            "seq",
            sqlite_where=text(CONTRADICTS),
            postgresql_where=text(CONTRADICTS),
        ),
        {"postgresql_partition_by": "RANGE (created_at)"},
    )

    seq: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    id: str = Field(sa_type=Text)
    accepted_at: datetime = Field(sa_type=UtcDateTime)
    created_at: datetime = Field(sa_type=UtcDateTime)
    scored_at: datetime = Field(sa_type=UtcDateTime)
    text: str = Field(sa_type=Text)
    search: str = Field(sa_type=Text)
    """The folded text with a space before each word: the start of a word is found by `LIKE '% start%'`."""
    channel: str = Field(sa_type=Text)
    language: str = Field(sa_type=Text)
    source: str | None = Field(sa_type=Text)
    external_id: str | None = Field(sa_type=Text)
    customer: str | None = Field(sa_type=Text)
    region: str | None = Field(sa_type=Text)
    product: str | None = Field(sa_type=Text)
    product_category: str | None = Field(sa_type=Text)
    rating: float | None
    details: dict[str, Any] = Field(sa_column=Column("metadata", Json, nullable=False))
    sentiment: str = Field(sa_type=Text)
    negative: float
    neutral: float
    positive: float
    score: float
    aspects: list[dict[str, Any]] = Field(sa_type=Json)
    opinions: str = Field(sa_type=Text)
    """The aspects with their sentiments, as in ` sabor:positive precio:negative `, for filters."""
    flags: str = Field(sa_type=Text)
    """The flags with spaces around each, as in ` redacted truncated `."""
    model_version: str = Field(sa_type=Text)
    voice: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=true()))
    """Whether it is a voice of its own, no copy (`pulso_trends.domain.voices`)."""


class FeedbackKeyRow(TrendsTable, table=True):
    """Each item that was ever counted, and where it lies: its month, and its place in it.

    The key makes ids unique over all months, finds an item without looking into each of them, and outlives
    it, so that one that was forgotten is not counted again when it is sent again.
    """

    __tablename__ = "feedback_key"
    __table_args__ = {"sqlite_with_rowid": False}

    id: str = Field(sa_type=Text, primary_key=True)
    seq: int = Field(sa_type=LongInteger)
    created_at: datetime = Field(sa_type=UtcDateTime)


class Cell(TrendsTable):
    """The key of roll-ups (`pulso_trends.domain.cube`).

    The primary key is also how cells are laid out: a query reads one stretch of buckets of one cuboid.
    Dimensions are kept as text, because numbers for them would make rows depend on the order of arrival; ''
    stands for open and for summed away, because no key can hold NULL.
    """

    # Room in each page lets PostgreSQL update a cell without touching the index.
    __table_args__ = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "80"}}

    grain: int = Field(sa_type=SmallInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    cuboid: int = Field(sa_type=SmallInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    bucket: int = Field(sa_type=LongInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    region: str = Field(sa_type=Text, primary_key=True)
    channel: str = Field(sa_type=Text, primary_key=True)
    product: str = Field(sa_type=Text, primary_key=True)
    product_category: str = Field(sa_type=Text, primary_key=True)
    aspect: str = Field(sa_type=Text, primary_key=True)


class RollupRow(Cell, table=True):
    """One cell of the roll-ups of items."""

    __tablename__ = "rollup"

    negative: int = Field(sa_type=LongInteger)
    neutral: int = Field(sa_type=LongInteger)
    positive: int = Field(sa_type=LongInteger)
    negative_score: int = Field(sa_type=LongInteger)
    neutral_score: int = Field(sa_type=LongInteger)
    positive_score: int = Field(sa_type=LongInteger)


class IndexPositionRow(TrendsTable, table=True):
    """The only row: the last `seq` that was given out, and when; the first day of kept items, or null.

    Below the day `ratings_below`, where it is not null, ratings are not counted yet: they came before the
    release that counts them.

    Each writer moves it on first of all, and so holds its lock until the commit. This makes `seq` follow the
    order of commits, on which the live feed relies, and rules out deadlocks between writers; they would wait
    for each other anyway, at the cells of the present hour.
    """

    __tablename__ = "index_position"

    id: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    seq: int = Field(sa_type=LongInteger)
    moved_at: datetime | None = Field(sa_type=UtcDateTime)
    kept_from: int | None = Field(sa_type=LongInteger)
    ratings_below: int | None = Field(sa_type=LongInteger)


FEEDBACK: Final[Table] = METADATA.tables["feedback"]
FEEDBACK_KEY: Final[Table] = METADATA.tables["feedback_key"]
ROLLUP: Final[Table] = METADATA.tables["rollup"]
INDEX_POSITION: Final[Table] = METADATA.tables["index_position"]
