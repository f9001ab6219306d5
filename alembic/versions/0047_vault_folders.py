"""The folders of the vault are known by a marker in each; an existing vault is marked at the next start."""

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
