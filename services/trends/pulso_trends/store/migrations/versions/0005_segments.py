"""Segments: groups of people who talk about the same things, and the state of their computation."""

import sqlalchemy as sa
from alembic import op

from pulso_kit.columns import UtcDateTime
from pulso_trends.store.columns import Json, LongInteger

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "segment",
        sa.Column("id", LongInteger, autoincrement=False, nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("first_day", LongInteger, nullable=False),
        sa.Column("last_day", LongInteger, nullable=False),
        sa.Column("told", Json, nullable=False),
        sa.Column("profile", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_segment"),
    )
    state = op.create_table(
        "segment_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("claimed_at", UtcDateTime()),
        sa.Column("computed_at", UtcDateTime()),
        sa.Column("computed_day", LongInteger),
        sa.Column("computed_seq", LongInteger, nullable=False),
        sa.Column("people", LongInteger, nullable=False),
        sa.Column("people_with_enough", LongInteger, nullable=False),
        sa.Column("people_compared", LongInteger, nullable=False),
        sa.Column("chance", sa.Float()),
        sa.Column("reason", sa.Text()),
        sa.Column("last_id", LongInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_segment_state"),
    )
    counts = dict.fromkeys(("computed_seq", "people", "people_with_enough", "people_compared", "last_id"), 0)
    unset = dict.fromkeys(("claimed_at", "computed_at", "computed_day", "chance"))
    op.bulk_insert(state, [{"id": 1, "reason": "not_computed", **counts, **unset}])


def downgrade() -> None:
    op.drop_table("segment_state")
    op.drop_table("segment")
