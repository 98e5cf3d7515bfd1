"""Items by month and the first day that is kept; ids apart from items, so that they outlive them."""

import sqlalchemy as sa
from alembic import op

from pulso_kit.columns import UtcDateTime
from pulso_trends.domain.lima import start_of_day
from pulso_trends.domain.months import month_of
from pulso_trends.store.columns import LongInteger
from pulso_trends.store.partitions import bounds, partition_name

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# The number of each Peru's day that has an item.
_DAYS = sa.text("SELECT DISTINCT floor((extract(epoch FROM created_at) / 3600 - 5) / 24)::integer FROM feedback")


def upgrade() -> None:
    op.add_column("index_position", sa.Column("kept_from", LongInteger))
    op.create_table(
        "feedback_key",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("seq", LongInteger, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback_key"),
        sqlite_with_rowid=False,
    )
    op.execute("INSERT INTO feedback_key SELECT id, seq, created_at FROM feedback ORDER BY id")
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("feedback") as batch:
            batch.drop_constraint("uq_feedback_id", type_="unique")
    else:
        _part()


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("feedback") as batch:
            batch.create_unique_constraint("uq_feedback_id", ["id"])
    else:
        _join()
    op.drop_table("feedback_key")
    op.drop_column("index_position", "kept_from")


def _part() -> None:
    """Move the rows into partitions; there is room for both copies of them until the transaction ends."""
    op.execute(
        "CREATE TABLE feedback_parted (LIKE feedback INCLUDING DEFAULTS) PARTITION BY RANGE (created_at)"
    )
    for month in {month_of(start_of_day(day)) for day in op.get_bind().scalars(_DAYS)}:
        op.execute(
            f"CREATE TABLE {partition_name(month)} PARTITION OF feedback_parted FOR VALUES {bounds(month)}"
        )
    op.execute("INSERT INTO feedback_parted SELECT * FROM feedback ORDER BY seq")
    op.drop_table("feedback")
    op.rename_table("feedback_parted", "feedback")
    op.create_primary_key("pk_feedback", "feedback", ["seq", "created_at"])
    op.create_index("ix_feedback_created_at_seq", "feedback", ["created_at", "seq"])


def _join() -> None:
    op.execute("CREATE TABLE feedback_joined (LIKE feedback INCLUDING DEFAULTS)")
    op.execute("INSERT INTO feedback_joined SELECT * FROM feedback ORDER BY seq")
    op.drop_table("feedback")
    op.rename_table("feedback_joined", "feedback")
    op.create_primary_key("pk_feedback", "feedback", ["seq"])
    op.create_unique_constraint("uq_feedback_id", "feedback", ["id"])
    op.create_index("ix_feedback_created_at_seq", "feedback", ["created_at", "seq"])
