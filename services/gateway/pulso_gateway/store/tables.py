"""The gateway's only table."""

from datetime import datetime

from pulso_kit.columns import UtcDateTime
from sqlalchemy import Index, MetaData, Text
from sqlmodel import Field, SQLModel

METADATA = MetaData(
    naming_convention={"ix": "ix_%(table_name)s_%(column_0_N_name)s", "pk": "pk_%(table_name)s"}
)


class GatewayTable(SQLModel):
    """The base of the tables: a metadata of their own, apart from those of other services."""

    metadata = METADATA


class KeyRow(GatewayTable, table=True):
    """One API key; the key itself is not here, only its digest."""

    __tablename__ = "api_keys"
    __table_args__ = (Index(None, "created_at", "id"),)

    id: str = Field(sa_type=Text, primary_key=True)
    name: str = Field(sa_type=Text)
    role: str = Field(sa_type=Text)
    digest: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(sa_type=Text)
    """The id of the key that made this one."""
    last_used_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Right to the hour."""
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
