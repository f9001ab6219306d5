"""Count the SMS segments that got a sending time in each lane.

A lane is the sending rate of one road (delivery route). If a message leaves late, the count tells how many segments
come after it, so that the road still sends no more than its rate.
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
