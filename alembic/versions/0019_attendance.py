"""Store how many people came to a meeting, and whether each registered resident came."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("meetings", sa.Column("attended", sa.Integer(), nullable=True))
    op.add_column("registrations", sa.Column("came", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("registrations", "came")
    op.drop_column("meetings", "attended")
