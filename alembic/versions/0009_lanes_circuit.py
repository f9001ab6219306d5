"""Count the SMS segments that got a sending time in each lane.

A lane is the sending rate of one road (delivery route). The count helps to keep this rate if a message leaves late.
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
