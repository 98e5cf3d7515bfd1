"""Ratings: their roll-ups, and the way to the items that contradict their stars."""

import sqlalchemy as sa
from alembic import op

from pulso_trends.store.columns import LongInteger

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_KEY = ("grain", "cuboid", "bucket", "region", "channel", "product", "product_category", "aspect")
_NAMES = ("region", "channel", "product", "product_category", "aspect")
_COUNTS = ("one", "two", "three", "four", "five", "rating", "score", "negative_texts", "positive_texts")
_CONTRADICTS = sa.text("rating >= 4 AND sentiment = 'negative' OR rating <= 2 AND sentiment = 'positive'")


def upgrade() -> None:
    op.create_table(
        "rating",
        sa.Column("grain", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("cuboid", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("bucket", LongInteger, autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _NAMES),
        *(sa.Column(name, LongInteger, nullable=False) for name in _COUNTS),
        sa.PrimaryKeyConstraint(*_KEY, name="pk_rating"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index(
        "ix_feedback_contradicts",
        "feedback",
        ["created_at", "seq"],
        sqlite_where=_CONTRADICTS,
        postgresql_where=_CONTRADICTS,
    )
    # Ratings that are there already are counted by the watch, all days below this one, the newest first: a day
    # is a short transaction, all of them in this one would keep every process from starting.
    op.add_column("index_position", sa.Column("ratings_below", LongInteger))
    op.execute("UPDATE index_position SET ratings_below = 84100 WHERE seq > 0")


def downgrade() -> None:
    op.drop_column("index_position", "ratings_below")
    op.drop_index("ix_feedback_contradicts", "feedback")
    op.drop_table("rating")
