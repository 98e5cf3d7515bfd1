"""The schema's way from nothing to the newest revision."""

from pathlib import Path
from typing import Final

from pulso_kit.database import Database, newest_revision
from pulso_kit.health import Check, Unhealthy
from sqlalchemy import text

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "alembic_trends"


async def migrate(database: Database) -> None:
    """Brings the database to the newest revision."""
    await database.migrate(SCRIPTS)


def schema_check(database: Database) -> Check:
    """A readiness check: the database is reachable and has the revision that this code knows."""
    known = newest_revision(SCRIPTS)

    async def check() -> None:
        async with database.engine.connect() as connection:
            found = await connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}"))  # noqa: S608 - a constant
        if found != known:
            raise Unhealthy(f"schema is at revision {found}, not {known}")

    return check
