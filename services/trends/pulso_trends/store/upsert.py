"""Inserting what may be there already."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pulso_kit.database import Database
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

Key = TypeVar("Key", bound=tuple[Any, ...])


def insert_into(database: Database, table: Table) -> Any:
    """An INSERT that knows ON CONFLICT; the two databases spell it alike, SQLAlchemy in two places."""
    return (sqlite if database.is_sqlite else postgresql).insert(table)


async def add_to_cells(
    database: Database,
    connection: AsyncConnection,
    table: Table,
    cells: Mapping[Key, Sequence[int]],
) -> None:
    """Adds counts to those that `table` holds; the caller has the writers' turn.

    The table's key stands first among its columns, and all others are counts.
    """
    if not cells:
        return
    keys = [column.name for column in table.primary_key]
    inserting = insert_into(database, table)
    sums = {
        column.name: column + inserting.excluded[column.name] for column in table.c if column.name not in keys
    }
    adding = inserting.on_conflict_do_update(index_elements=keys, set_=sums)
    await connection.execute(adding, cell_rows(table, cells))


def cell_rows(table: Table, cells: Mapping[Key, Sequence[int]]) -> Sequence[dict[str, Any]]:
    """The cells as rows, in the order of the table's key, so that neighbours are written together."""
    columns = table.columns.keys()
    return [dict(zip(columns, (*key, *counts), strict=True)) for key, counts in sorted(cells.items())]
