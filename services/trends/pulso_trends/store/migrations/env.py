from pulso_kit.migrations import run_migrations

import pulso_trends.store.rating_tables
import pulso_trends.store.sales_tables
import pulso_trends.store.segment_tables
import pulso_trends.store.topic_tables  # noqa: F401 - the tables of METADATA
from pulso_trends.store.migrate import VERSION_TABLE
from pulso_trends.store.tables import METADATA

run_migrations(METADATA, version_table=VERSION_TABLE)
