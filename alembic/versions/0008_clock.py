"""Let consultations open at a set time, and let campaigns pause themselves when too many messages fail."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consultations", sa.Column("opens_at", sa.DateTime(timezone=True)))
    for name in ("tried", "failed"):
        op.add_column("campaigns", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("consultations", "opens_at")
    for name in ("failed", "tried"):
        op.drop_column("campaigns", name)
