"""Count the segments that got a sending time in each lane, to keep to the lane's rate when messages leave late.

A lane is the sending rate of one road (delivery route).
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lanes", sa.Column("taken", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("lanes", "taken")
