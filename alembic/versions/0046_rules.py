"""Store thresholds, prices and budgets as rules in the database. Each change has its author and time."""

import sqlalchemy as sa
from alembic import op

from api.db import Json, Moment

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rule_changes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", Json, nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rule_changes"),
    )


def downgrade() -> None:
    op.drop_table("rule_changes")
