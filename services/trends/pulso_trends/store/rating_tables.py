"""The table of ratings."""

from typing import Final

from sqlalchemy import Column, SmallInteger, Table, Text
from sqlmodel import Field

from pulso_trends.store.columns import LongInteger
from pulso_trends.store.tables import METADATA, TrendsTable


class RatingRow(TrendsTable, table=True):
    """One cell of the roll-ups of ratings (`pulso_trends.domain.ratings.cells`), laid out as those of items.

    They are cells of their own because most items carry no stars, and what does not is not written twice.
    """

    __tablename__ = "rating"
    __table_args__ = {"sqlite_with_rowid": False, "postgresql_with": {"fillfactor": "80"}}

    grain: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    cuboid: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    bucket: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    region: str = Field(sa_type=Text, primary_key=True)
    channel: str = Field(sa_type=Text, primary_key=True)
    product: str = Field(sa_type=Text, primary_key=True)
    product_category: str = Field(sa_type=Text, primary_key=True)
    aspect: str = Field(sa_type=Text, primary_key=True)
    one: int = Field(sa_type=LongInteger)
    two: int = Field(sa_type=LongInteger)
    three: int = Field(sa_type=LongInteger)
    four: int = Field(sa_type=LongInteger)
    five: int = Field(sa_type=LongInteger)
    rating: int = Field(sa_type=LongInteger)
    score: int = Field(sa_type=LongInteger)
    negative_texts: int = Field(sa_type=LongInteger)
    positive_texts: int = Field(sa_type=LongInteger)


RATING: Final[Table] = METADATA.tables["rating"]
