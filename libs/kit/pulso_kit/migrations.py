"""The body of every service's Alembic `env.py`."""

from alembic import context
from sqlalchemy import MetaData

from pulso_kit.schema import left_to_newer, tell_older


def run_migrations(metadata: MetaData, *, version_table: str) -> None:
    """Runs the migrations on the connection that `Database.migrate` passed.

    Args:
        metadata: The tables of the service's store.
        version_table: One name per service, so that services may share one PostgreSQL database.

    Raises:
        SchemaTooNew: A newer release has left a schema that this one cannot use; nothing was done.
    """
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table=version_table,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
    )
    if left_to_newer(connection, context.script, version_table):
        return
    with context.begin_transaction():
        context.run_migrations()
    tell_older(connection, context.script, version_table)
