"""The table of sales."""

from datetime import datetime
from typing import Final

from pulso_kit.columns import UtcDateTime
from sqlalchemy import Column, Table, Text
from sqlmodel import Field

from pulso_trends.store.columns import LongInteger
from pulso_trends.store.tables import METADATA, TrendsTable


class SalesRow(TrendsTable, table=True):
    """What was sold of one product on one day of Peru in one department; '' stands for the whole country.

    The key begins with the product, because a question reads one product over all of its days.
    """

    __tablename__ = "sales"
    __table_args__ = {"sqlite_with_rowid": False}

    product: str = Field(sa_type=Text, primary_key=True)
    region: str = Field(sa_type=Text, primary_key=True)
    day: int = Field(sa_column=Column(LongInteger, primary_key=True, autoincrement=False))
    units: float
    revenue: float | None
    """Soles."""
    received_at: datetime = Field(sa_type=UtcDateTime)


SALES: Final[Table] = METADATA.tables["sales"]
