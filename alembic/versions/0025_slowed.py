"""Count how often in a row a road (delivery route) was asked to slow down. Index deliveries outside campaigns."""

import sqlalchemy as sa
from alembic import op

OWN = "ix_deliveries_own"
NO_CAMPAIGN = sa.text("campaign_id IS NULL")

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("lanes", sa.Column("slowed", sa.Integer(), nullable=False, server_default="0"))
    op.create_index(OWN, "deliveries", ["address_id"], postgresql_where=NO_CAMPAIGN, sqlite_where=NO_CAMPAIGN)


def downgrade() -> None:
    op.drop_index(OWN, "deliveries")
    op.drop_column("lanes", "slowed")
