"""Store the name of each consultation's key in the vault. Store when the last links from ballots to people were erased.

Only the service has the keys, so it encrypts existing secrets itself: see `api/consultations/vault_keys/secrecy.py`.
"""

import sqlalchemy as sa
from alembic import op

NAME = "consultations"

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(NAME, sa.Column("key_name", sa.String(32), nullable=True))
    op.add_column(NAME, sa.Column("cleaned_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE consultations SET cleaned_at = closed_at WHERE state = 'closed'")


def downgrade() -> None:
    if op.get_bind().scalar(
        sa.text("SELECT count(*) FROM consultations WHERE key_name IS NOT NULL AND state = 'open'")
    ):
        raise RuntimeError("close every open consultation first: an older release cannot open their secrets")
    for column in ("cleaned_at", "key_name"):
        op.drop_column(NAME, column)
