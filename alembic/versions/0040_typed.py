"""Store, encrypted, which agent typed a ballot. Bind an agent's code to one phone. Store why a receipt does not count.

Closing removes the agents from the ballots. It only stores roughly how many ballots agents typed.
"""

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ballots", sa.Column("agent", sa.LargeBinary(), nullable=True))
    op.add_column("superseded", sa.Column("why", sa.String(12), nullable=False, server_default="replaced"))
    op.add_column("consultations", sa.Column("agents_share", sa.Integer(), nullable=True))
    op.add_column("agents", sa.Column("phone", sa.LargeBinary(), nullable=True))
    for name in ("phones", "refused"):
        op.add_column("agents", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    op.add_column("agents", sa.Column("began_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    for name in ("began_at", "refused", "phones", "phone"):
        op.drop_column("agents", name)
    op.drop_column("consultations", "agents_share")
    op.drop_column("superseded", "why")
    op.drop_column("ballots", "agent")
