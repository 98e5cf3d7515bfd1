"""The only table of insights."""

from datetime import datetime
from typing import Any

from pulso_kit.columns import UtcDateTime
from sqlalchemy import JSON, Index, MetaData, Text
from sqlmodel import Field, SQLModel

METADATA = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)


class InsightsTable(SQLModel):
    """The base of the tables: a metadata of their own, apart from those of other services."""

    metadata = METADATA


class BriefRow(InsightsTable, table=True):
    """One brief as it was answered; it never changes."""

    __tablename__ = "briefs"
    __table_args__ = (Index(None, "created_at", "id"),)

    id: str = Field(sa_type=Text, primary_key=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    body: dict[str, Any] = Field(sa_type=JSON)
    """The `Insight`."""
