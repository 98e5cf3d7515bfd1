"""First tables: items, roll-ups, the writers' position."""

import sqlalchemy as sa
from alembic import op

from pulso_kit.columns import UtcDateTime
from pulso_trends.store.columns import Json, LongInteger

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feedback",
        sa.Column("seq", LongInteger, autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("accepted_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("scored_at", UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("search", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("source", sa.Text()),
        sa.Column("external_id", sa.Text()),
        sa.Column("customer", sa.Text()),
        sa.Column("region", sa.Text()),
        sa.Column("product", sa.Text()),
        sa.Column("product_category", sa.Text()),
        sa.Column("rating", sa.Float()),
        sa.Column("metadata", Json, nullable=False),
        sa.Column("sentiment", sa.Text(), nullable=False),
        sa.Column("negative", sa.Float(), nullable=False),
        sa.Column("neutral", sa.Float(), nullable=False),
        sa.Column("positive", sa.Float(), nullable=False),
        sa.Column("score", sa.Float(), nullable=False),
        sa.Column("aspects", Json, nullable=False),
        sa.Column("opinions", sa.Text(), nullable=False),
        sa.Column("flags", sa.Text(), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_feedback"),
        sa.UniqueConstraint("id", name="uq_feedback_id"),
    )
    op.create_index("ix_feedback_created_at_seq", "feedback", ["created_at", "seq"])
    op.create_table(
        "rollup",
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("cuboid", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("bucket", LongInteger, autoincrement=False, nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("product_category", sa.Text(), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("negative", LongInteger, nullable=False),
        sa.Column("neutral", LongInteger, nullable=False),
        sa.Column("positive", LongInteger, nullable=False),
        sa.Column("negative_score", LongInteger, nullable=False),
        sa.Column("neutral_score", LongInteger, nullable=False),
        sa.Column("positive_score", LongInteger, nullable=False),
        sa.PrimaryKeyConstraint(
            "grain", "cuboid", "bucket", "region", "channel", "product", "product_category", "aspect",
            name="pk_rollup",
        ),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "80"},
    )
    position = op.create_table(
        "index_position",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", LongInteger, nullable=False),
        sa.Column("moved_at", UtcDateTime()),
        sa.PrimaryKeyConstraint("id", name="pk_index_position"),
    )
    op.bulk_insert(position, [{"id": 1, "seq": 0, "moved_at": None}])


def downgrade() -> None:
    op.drop_table("index_position")
    op.drop_table("rollup")
    op.drop_table("feedback")
