"""Which release may use which schema.

A migration says `additive = True` when code that knows only the revision before it works on the schema after
it: it brings a table, a column that is nullable or has a default, an index. That code cannot read a migration
written after it, so the version table tells, beside the revision, the oldest one whose code may stay.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import structlog
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, TextClause, column, inspect, table, text, update

from pulso_kit.database import Database
from pulso_kit.health import Check, Unhealthy

log = structlog.get_logger(__name__)

OLDEST_READER: Final = "oldest_reader"
"""The column beside Alembic's `version_num`."""


class SchemaTooNew(Exception):
    """A newer release has migrated the database to what this one cannot use."""


def schema_check(database: Database, scripts: Path, version_table: str) -> Check:
    """A readiness check: the database is reachable, and this code may use its schema.

    Args:
        database: Whose schema it is.
        scripts: The service's Alembic scripts.
        version_table: As given to `run_migrations`.
    """
    config = Config()
    config.set_main_option("script_location", str(scripts))
    known = ScriptDirectory.from_config(config)
    newest = known.get_current_head()

    async def check() -> None:
        try:
            async with database.engine.connect() as connection:
                revision = await connection.scalar(_select("version_num", version_table))
                found = None if revision == newest else await connection.run_sync(_found, version_table)
        except Exception as error:
            raise Unhealthy(f"database: {type(error).__name__}") from error
        if revision != newest and not _is_ahead_and_usable(known, found):
            raise Unhealthy(f"schema is at revision {revision}, not {newest}")

    return check


def left_to_newer(connection: Connection, known: ScriptDirectory, version_table: str) -> bool:
    """Whether a newer release has migrated further and this one may use what it made, and must not touch it.

    Raises:
        SchemaTooNew: It may not.
    """
    found = _found(connection, version_table)
    if found is None or found["version_num"] in _revisions(known):
        return False
    if _is_ahead_and_usable(known, found):
        log.warning("schema.ahead", revision=found["version_num"], known=known.get_current_head())
        return True
    reason = (
        f"the database has revision {found['version_num']} and this release knows {known.get_current_head()} "
        "at most: run the newer release, or restore the backup made before its migration"
    )
    log.critical("schema.refused", reason=reason)
    raise SchemaTooNew(reason)


def tell_older(connection: Connection, known: ScriptDirectory, version_table: str) -> None:
    """Write down the oldest revision whose code may use the schema as it is now."""
    found = _found(connection, version_table)
    if found is None:
        return
    if OLDEST_READER not in found:
        connection.execute(text(f"ALTER TABLE {version_table} ADD COLUMN {OLDEST_READER} VARCHAR(32)"))
    oldest = _oldest_reader(known, found["version_num"])
    if found.get(OLDEST_READER) != oldest:
        connection.execute(
            update(table(version_table, column(OLDEST_READER))).values({OLDEST_READER: oldest})
        )


def _oldest_reader(known: ScriptDirectory, revision: str) -> str:
    script = known.get_revision(revision)
    while getattr(script.module, "additive", False):
        script = known.get_revision(str(script.down_revision))
    return str(script.revision)


def _is_ahead_and_usable(known: ScriptDirectory, found: Mapping[str, Any] | None) -> bool:
    revisions = _revisions(known)
    return (
        found is not None and found["version_num"] not in revisions and found.get(OLDEST_READER) in revisions
    )


def _revisions(known: ScriptDirectory) -> set[str]:
    return {script.revision for script in known.walk_revisions()}


def _found(connection: Connection, version_table: str) -> Mapping[str, Any] | None:
    """The row of the version table; None before the first migration."""
    if not (inspector := inspect(connection)).has_table(version_table):
        return None
    # Named, not `*`: the plan of that would be stale on PostgreSQL's other connections when a column comes.
    names = [each["name"] for each in inspector.get_columns(version_table)]
    row = connection.execute(_select(", ".join(names), version_table)).mappings().one_or_none()
    return None if row is None else dict(row)


def _select(columns: str, version_table: str) -> TextClause:
    return text(f"SELECT {columns} FROM {version_table}")  # noqa: S608 - constants of the service
