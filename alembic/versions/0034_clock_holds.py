"""Create the table of processes whose clock jumped. Such a process postpones what cannot be undone."""

import sqlalchemy as sa
from alembic import op

NAME = "clock_holds"

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        NAME,
        sa.Column("process", sa.String(16), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ahead", sa.BigInteger(), nullable=False),
    )


def downgrade() -> None:
    op.drop_table(NAME)
