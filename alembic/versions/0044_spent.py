"""Remember addresses whose former owner has voted, so that the new owner cannot vote in the same consultation."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent",
        sa.Column("consultation_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("address_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_spent_consultation_id_consultations"
        ),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_spent_address_id_addresses"),
        sa.PrimaryKeyConstraint("consultation_id", "address_id", name="pk_spent"),
    )
    op.create_index("ix_spent_address_id", "spent", ["address_id"])


def downgrade() -> None:
    op.drop_table("spent")
