"""Inserting what may be there already."""

from typing import Any

from pulso_kit.database import Database
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(database: Database, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT; the two databases spell it alike, SQLAlchemy in two places."""
    return (sqlite if database.is_sqlite else postgresql).insert(table)
