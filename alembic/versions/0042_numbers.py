"""Let a consultation require a phone number of its voters. Count newcomers by day and range of phone numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consultations", sa.Column("numbers", sa.String(8), nullable=False, server_default="any"))
    op.add_column("ballots", sa.Column("numbered", sa.Boolean(), nullable=True, server_default=sa.true()))
    op.create_table(
        "newcomers",
        sa.Column("blind", sa.LargeBinary(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("joined", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("blind", "day", name="pk_newcomers"),
    )
    op.create_index("ix_residents_joined_at", "residents", ["joined_at"])


def downgrade() -> None:
    op.drop_index("ix_residents_joined_at", "residents")
    op.drop_table("newcomers")
    op.drop_column("ballots", "numbered")
    op.drop_column("consultations", "numbers")
