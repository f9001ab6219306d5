"""Create further ways to sign in: passkeys, identities at a provider, and the challenges that were answered."""

import sqlalchemy as sa
from alembic import op

from api.db import Id, Json, Moment

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", Id, nullable=False),
        _owner("passkeys"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", Json, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_passkeys"),
        sa.UniqueConstraint("credential_id", name="uq_passkeys_credential_id"),
    )
    op.create_table(
        "identities",
        sa.Column("id", Id, nullable=False),
        _owner("identities"),
        sa.Column("issuer", sa.String(255), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_identities"),
        sa.UniqueConstraint("issuer", "subject", name="uq_identities_issuer_subject"),
    )
    for table in ("passkeys", "identities"):
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])
    op.create_table(
        "spent_challenges",
        sa.Column("challenge_hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("challenge_hash", name="pk_spent_challenges"),
    )
    op.create_index("ix_spent_challenges_expires_at", "spent_challenges", ["expires_at"])


def _owner(table: str) -> sa.Column[int]:
    known = sa.ForeignKey("accounts.id", name=f"fk_{table}_account_id_accounts")
    return sa.Column("account_id", Id, known, nullable=False)


def downgrade() -> None:
    for table in ("spent_challenges", "identities", "passkeys"):
        op.drop_table(table)
