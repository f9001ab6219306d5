"""Let an option of a vote have a longer text, and a reference to the proposal that it stands for."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("options", sa.Column("detail", JSON, nullable=True))
    op.add_column("options", sa.Column("reference", sa.String(40), nullable=True))


def downgrade() -> None:
    op.drop_column("options", "reference")
    op.drop_column("options", "detail")
