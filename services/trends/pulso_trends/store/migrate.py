"""The schema's way from nothing to the newest revision; `python -m pulso_trends.store.migrate` goes it."""

from pathlib import Path
from typing import Final

from pulso_kit.database import Database
from pulso_kit.health import Check
from pulso_kit.migrate import migrate_and_end
from pulso_kit.schema import schema_check as check_of

SCRIPTS: Final = Path(__file__).parent / "migrations"
VERSION_TABLE: Final = "alembic_trends"


async def migrate(database: Database) -> None:
    """Brings the database to the newest revision."""
    await database.migrate(SCRIPTS)


def schema_check(database: Database) -> Check:
    """A readiness check: the database is reachable and has a schema that this code may use."""
    return check_of(database, SCRIPTS, VERSION_TABLE)


if __name__ == "__main__":
    migrate_and_end("trends", SCRIPTS)
