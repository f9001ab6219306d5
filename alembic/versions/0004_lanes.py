"""Create lanes. A lane is the sending rate of one road (delivery route), shared by all processes; it can be paused."""

import sqlalchemy as sa
from alembic import op

MOMENT = sa.DateTime(timezone=True)

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lanes",
        sa.Column("road", sa.String(length=40), nullable=False),
        sa.Column("per_second", sa.Double(), nullable=False),
        sa.Column("next_slot", MOMENT, nullable=False),
        sa.Column("tried", sa.Integer(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("paused_until", MOMENT, nullable=True),
        sa.Column("reason", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("road", name="pk_lanes"),
    )


def downgrade() -> None:
    op.drop_table("lanes")
