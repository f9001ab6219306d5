"""Store encrypted responses of the JSON API for a day. A repeated Idempotency-Key gets the same response."""

import sqlalchemy as sa
from alembic import op

from api.db import Moment

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "repeats",
        sa.Column("key", sa.LargeBinary(16), nullable=False),
        sa.Column("asked", sa.LargeBinary(16), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_repeats"),
    )
    op.create_index("ix_repeats_at", "repeats", ["at"])


def downgrade() -> None:
    op.drop_table("repeats")
