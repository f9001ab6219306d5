"""Ask the resident who got a code before it merges two residents. Count tried codes by a hash of the address.

The hash stays when a resident is erased. Existing counts are deleted, because they have no hash.
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_table("link_tries")
    op.create_table(
        "link_tries",
        sa.Column("origin", sa.LargeBinary(), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_table(
        "link_asks",
        sa.Column("address_id", ID, sa.ForeignKey("addresses.id"), primary_key=True, autoincrement=False),
        sa.Column("by_address_id", ID, sa.ForeignKey("addresses.id"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("link_asks")
    op.drop_table("link_tries")
    op.create_table(
        "link_tries",
        sa.Column("address_id", ID, sa.ForeignKey("addresses.id"), primary_key=True, autoincrement=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
