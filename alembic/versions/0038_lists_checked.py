"""Store when a published list was last checked against its hash. If they differ, store since when."""

import sqlalchemy as sa
from alembic import op

NAME = "publications"
COLUMNS = ("checked_at", "altered_at")

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in COLUMNS:
        op.add_column(NAME, sa.Column(column, sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in COLUMNS:
        op.drop_column(NAME, column)
