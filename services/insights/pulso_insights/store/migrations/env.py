# noqa: INP001 - Alembic runs this file, nobody imports it
from pulso_insights.store.migrate import VERSION_TABLE
from pulso_insights.store.tables import METADATA
from pulso_kit.migrations import run_migrations

run_migrations(METADATA, version_table=VERSION_TABLE)
