"""Let features of the dialogue remember something until the resident's next message."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("conversations", sa.Column("notes", JSON, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("conversations", "notes")
