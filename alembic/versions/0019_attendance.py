"""Who came to a meeting: how many people were there, and of each registration whether its holder came."""

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
