"""Let the record of staff acts name the word that was assigned to an option, or removed."""

import sqlalchemy as sa
from alembic import op

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("acts", sa.Column("about", sa.String(120), nullable=True))


def downgrade() -> None:
    op.drop_column("acts", "about")
