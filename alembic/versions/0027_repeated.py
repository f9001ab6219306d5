"""Count, by a keyed hash, how often an address sent the same text in this hour. This stops loops between robots."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("repeated", JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("conversations", "repeated")
