"""Store when the hash of a published list was posted in public. Hashes of existing lists will not be posted."""

import sqlalchemy as sa
from alembic import op

NAME = "publications"

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(NAME, sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE publications SET announced_at = published_at")


def downgrade() -> None:
    op.drop_column(NAME, "announced_at")
