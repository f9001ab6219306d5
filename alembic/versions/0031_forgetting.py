"""Store which messages a provider must still delete, and a hash of each received message whose row was deleted.

Messages from before this release must be deleted at Twilio, too.
"""

import sqlalchemy as sa
from alembic import op

TABLES = ("inbound", "deliveries")
STILL = sa.text("forget_at IS NOT NULL")

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("forget_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE inbound SET forget_at = received_at WHERE provider = 'twilio'")
    op.execute(
        "UPDATE deliveries SET forget_at = created_at"
        " WHERE inbound_id IN (SELECT id FROM inbound WHERE provider = 'twilio') AND external_id IS NOT NULL"
    )
    op.create_table("heard", sa.Column("known_by", sa.LargeBinary(), nullable=False, primary_key=True))
    for table in TABLES:
        op.create_index(f"ix_{table}_to_forget", table, ["forget_at"], postgresql_where=STILL, sqlite_where=STILL)


def downgrade() -> None:
    op.drop_table("heard")
    for table in TABLES:
        op.drop_index(f"ix_{table}_to_forget", table)
        op.drop_column(table, "forget_at")
