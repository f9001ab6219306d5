"""If a provider did not say what became of a delivery, store how often it was asked, and when to ask again."""

import sqlalchemy as sa
from alembic import op

UNSURE = sa.text("state = 'unsure'")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deliveries", sa.Column("asked", sa.Integer(), server_default="0", nullable=False))
    op.add_column("deliveries", sa.Column("ask_at", sa.DateTime(timezone=True)))
    op.create_index("ix_deliveries_asked", "deliveries", ["settled_at"], postgresql_where=UNSURE, sqlite_where=UNSURE)


def downgrade() -> None:
    op.drop_index("ix_deliveries_asked", "deliveries")
    for name in ("ask_at", "asked"):
        op.drop_column("deliveries", name)
