"""Store the latest questions of each conversation, and when residents were last told that Sawt reads only text."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

NAME = "conversations"
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(NAME, sa.Column("trail", JSON, nullable=True))
    op.add_column(NAME, sa.Column("trail_of", sa.Integer(), nullable=True))
    op.add_column(NAME, sa.Column("aside_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for column in ("aside_at", "trail_of", "trail"):
        op.drop_column(NAME, column)
