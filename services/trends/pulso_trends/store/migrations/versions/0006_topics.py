"""Topics: their members, how they were made, and their counts by day."""

import sqlalchemy as sa
from alembic import op

from pulso_kit.columns import UtcDateTime
from pulso_trends.store.columns import Json, LongInteger

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_LONG = ("items", "voices", "negative", "neutral", "positive", "score")


def upgrade() -> None:
    op.create_table(
        "topic",
        sa.Column("id", LongInteger, autoincrement=False, nullable=False),
        sa.Column("label_es", sa.Text(), nullable=False),
        sa.Column("label_en", sa.Text(), nullable=False),
        sa.Column("members", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topic"),
    )
    state = op.create_table(
        "topic_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("version", LongInteger, nullable=False),
        sa.Column("next_id", LongInteger, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("grouped_at", UtcDateTime()),
        sa.Column("grouped_day", LongInteger),
        sa.Column("grouped_seq", LongInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_topic_state"),
    )
    unmade = {"fingerprint": "", "model_version": "", "grouped_at": None, "grouped_day": None, "grouped_seq": 0}
    op.bulk_insert(state, [{"id": 1, "version": 0, "next_id": 1, **unmade}])
    op.create_table(
        "topic_day",
        sa.Column("day", LongInteger, autoincrement=False, nullable=False),
        sa.Column("topic", LongInteger, autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        *(sa.Column(name, LongInteger, nullable=False) for name in _LONG),
        sa.PrimaryKeyConstraint("day", "topic", "region", "channel", name="pk_topic_day"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "80"},
    )
    # Items that are there already get a home: the watch counts all days below this one anew.
    op.execute("UPDATE taxonomy_state SET recount_below = 84100 WHERE fingerprint <> ''")


def downgrade() -> None:
    for table in ("topic_day", "topic_state", "topic"):
        op.drop_table(table)
