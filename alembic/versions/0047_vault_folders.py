"""Identify each folder of the vault by a marker file in it. An existing vault gets its markers at the next start."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vault_folders",
        sa.Column("id", sa.String(32), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_vault_folders"),
    )


def downgrade() -> None:
    op.drop_table("vault_folders")
