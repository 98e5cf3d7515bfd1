"""The table of ratings."""

from typing import Final

from sqlalchemy import Table
from sqlmodel import Field

from pulso_trends.store.columns import LongInteger
from pulso_trends.store.tables import METADATA, Cell


class RatingRow(Cell, table=True):
    """One cell of the roll-ups of ratings (`pulso_trends.domain.ratings.cells`).

    Cells of their own, because most items carry no stars, and what does not is not written twice.
    """

    __tablename__ = "rating"

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
