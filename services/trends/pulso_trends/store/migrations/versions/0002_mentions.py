"""What people talk about: mentions by day, voices, taxonomy, alarms, trends."""

import sqlalchemy as sa
from alembic import op

from pulso_kit.columns import UtcDateTime
from pulso_trends.store.columns import Json, LongInteger

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_LONG = ("items", "voices", "negative", "neutral", "positive", "score")


def upgrade() -> None:
    # Items of earlier releases count as voices: who wrote copies then is not known any more.
    op.add_column("feedback", sa.Column("voice", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.create_table(
        "mention",
        sa.Column("day", LongInteger, autoincrement=False, nullable=False),
        sa.Column("concept", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        *(sa.Column(name, LongInteger, nullable=False) for name in _LONG),
        sa.PrimaryKeyConstraint("day", "concept", "region", "channel", name="pk_mention"),
        sqlite_with_rowid=False,
        postgresql_with={"fillfactor": "80"},
    )
    op.create_index("ix_mention_concept_day", "mention", ["concept", "day"])
    op.create_table(
        "text_print",
        sa.Column("print", LongInteger, autoincrement=False, nullable=False),
        sa.Column("day", LongInteger, nullable=False),
        sa.PrimaryKeyConstraint("print", name="pk_text_print"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_text_print_day", "text_print", ["day"])
    op.create_table(
        "person_day",
        sa.Column("day", LongInteger, autoincrement=False, nullable=False),
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("voices", LongInteger, nullable=False),
        sa.PrimaryKeyConstraint("day", "customer", name="pk_person_day"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "concept",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("es", sa.Text(), nullable=False),
        sa.Column("en", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text()),
        sa.Column("variants", Json, nullable=False),
        sa.Column("discovered", sa.Boolean(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_concept"),
    )
    state = op.create_table(
        "taxonomy_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("recount_below", LongInteger),
        sa.PrimaryKeyConstraint("id", name="pk_taxonomy_state"),
    )
    op.bulk_insert(state, [{"id": 1, "fingerprint": "", "recount_below": None}])
    op.create_table(
        "alarm",
        sa.Column("concept", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("raised_on", LongInteger, autoincrement=False, nullable=False),
        sa.Column("quiet_days", sa.SmallInteger(), nullable=False),
        sa.Column("ended_on", LongInteger),
        sa.PrimaryKeyConstraint("concept", "place", "direction", "raised_on", name="pk_alarm"),
    )
    op.create_index("ix_alarm_ended_on", "alarm", ["ended_on"])
    op.create_table(
        "trend",
        sa.Column("concept", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("explained", sa.Boolean(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("found", Json, nullable=False),
        sa.PrimaryKeyConstraint("concept", "place", name="pk_trend"),
    )
    op.create_index("ix_trend_status_chance", "trend", ["status", "chance"])
    watch = op.create_table(
        "watch_state",
        sa.Column("id", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("judged_day", LongInteger),
        sa.Column("looked_at", UtcDateTime()),
        sa.Column("looked_day", LongInteger),
        sa.Column("discovered_day", LongInteger),
        sa.Column("discovered_seq", LongInteger, nullable=False),
        sa.Column("seen_seq", LongInteger, nullable=False),
        sa.Column("tested", LongInteger, nullable=False),
        sa.Column("raised", Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_watch_state"),
    )
    unset = dict.fromkeys(("judged_day", "looked_at", "looked_day", "discovered_day"))
    op.bulk_insert(watch, [{"id": 1, "seen_seq": 0, "discovered_seq": 0, "tested": 0, "raised": [], **unset}])


def downgrade() -> None:
    for table in (
        "watch_state", "trend", "alarm", "taxonomy_state", "concept", "person_day", "text_print", "mention",
    ):
        op.drop_table(table)
    op.drop_column("feedback", "voice")
