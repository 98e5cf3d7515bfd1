"""Migrating as a command of its own: before an upgrade, and not at the start of what is upgraded."""

import asyncio
import signal
from pathlib import Path
from traceback import extract_tb
from typing import Final, NoReturn

import structlog
from sqlalchemy.exc import DBAPIError

from pulso_kit.database import Database, DatabaseUrl
from pulso_kit.logging import configure_logging
from pulso_kit.schema import SchemaTooNew
from pulso_kit.server import load_settings
from pulso_kit.settings import ProcessSettings

UNREACHABLE: Final = 1
"""The status when the database did not answer: to try again may help."""
REFUSED: Final = 2
"""The status when a migration failed, or a setting is wrong: to try again would only take the locks again."""
TOLD_TO_END: Final = 128 + signal.SIGTERM

log = structlog.get_logger(__name__)


class MigrationSettings(ProcessSettings):
    """All that a migration is told: nothing else of a service's settings need be there."""

    database_url: DatabaseUrl
    """Without a default, because a database that was made up would be migrated with success."""


def migrate_and_end(service: str, scripts: Path) -> NoReturn:
    """Brings the database of `PULSO_DATABASE_URL` to the newest revision of `scripts`, and ends the process.

    Its status is 0, `UNREACHABLE`, `REFUSED`, or after SIGTERM, which takes back what was not finished,
    `TOLD_TO_END`.
    """
    settings = load_settings(MigrationSettings)
    configure_logging(service=service, level=settings.log_level, fmt=settings.log_format)
    url = settings.database_url.get_secret_value()
    try:
        status = asyncio.run(_migrate(url, scripts, application=f"pulso-{service}-migrate"))
    except asyncio.CancelledError:
        status = TOLD_TO_END
    raise SystemExit(status)


async def _migrate(url: str, scripts: Path, *, application: str) -> int:
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - asyncio.run made it
    # A container's first process has no default for SIGTERM, and PostgreSQL goes on with a killed client's
    # statement: cancelled, it stops and lets go of its locks.
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    database = Database(url, application=application, pool_size=1)
    try:
        return await _outcome(database, scripts)
    finally:
        await database.close()


async def _outcome(database: Database, scripts: Path) -> int:
    try:
        async with database.engine.connect():
            pass
    except Exception as error:  # noqa: BLE001 - whatever it is, the database does not let us in
        log.critical("migration.unreachable", error=_name(error))
        return UNREACHABLE
    try:
        await database.migrate(scripts)
    except SchemaTooNew:  # has told so itself
        return REFUSED
    except Exception as error:  # noqa: BLE001 - a migration may raise anything
        log.critical("migration.failed", error=_name(error), at=_place(error, scripts))
        return REFUSED
    log.info("migration.done")
    return 0


def _name(error: Exception) -> str:
    """Its type, the database's own where it has one; messages may quote what is in the tables."""
    told = error.driver_exception if isinstance(error, DBAPIError) else error
    return type(told).__name__


def _place(error: Exception, scripts: Path) -> str | None:
    """The line of the migration that failed, as in `0007_ratings.py:31`."""
    frames = [frame for frame in extract_tb(error.__traceback__) if scripts in Path(frame.filename).parents]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else None
