"""Sales: units and revenue by day, department and product."""

import sqlalchemy as sa
from alembic import op

from pulso_kit.columns import UtcDateTime
from pulso_trends.store.columns import LongInteger

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sales",
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("region", sa.Text(), nullable=False),
        sa.Column("day", LongInteger, autoincrement=False, nullable=False),
        sa.Column("units", sa.Float(), nullable=False),
        sa.Column("revenue", sa.Float()),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("product", "region", "day", name="pk_sales"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("sales")
