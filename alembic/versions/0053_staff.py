"""Create staff accounts, with their ways to sign in, sessions and rights, and the tokens of the JSON API."""

import sqlalchemy as sa
from alembic import op

from api.db import Id, Moment

revision = "0053"
down_revision = "0052"
branch_labels = None
depends_on = None

TABLES = (
    "token_grants", "api_tokens", "grants", "sign_in_failures", "staff_sessions", "sign_in_links", "recovery_codes",
    "credentials", "accounts",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("shape", sa.String(80), nullable=False),
        sa.Column("display_name", sa.String(80), nullable=False),
        sa.Column("language", sa.String(3), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("disabled_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_accounts"),
        sa.UniqueConstraint("shape", name="uq_accounts_shape"),
    )
    op.create_table(
        "credentials",
        _owner("credentials"),
        sa.Column("password", sa.String(256), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("used_step", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_credentials"),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        _owner("recovery_codes"),
        sa.PrimaryKeyConstraint("code_hash", name="pk_recovery_codes"),
    )
    op.create_table(
        "sign_in_links",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        _owner("sign_in_links"),
        sa.Column("kind", sa.String(12), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("failed", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_sign_in_links"),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        _owner("staff_sessions"),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.Column("factor_at", Moment(), nullable=False),
        sa.Column("failed_before", sa.Integer(), nullable=False),
        sa.Column("address", sa.String(48), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_staff_sessions"),
    )
    for table in ("recovery_codes", "sign_in_links", "staff_sessions"):
        op.create_index(f"ix_{table}_account_id", table, ["account_id"])
    op.create_table(
        "sign_in_failures",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_failures"),
    )
    op.create_index("ix_sign_in_failures_at", "sign_in_failures", ["at"])
    op.create_table(
        "grants",
        _owner("grants"),
        sa.Column("permission", sa.String(16), nullable=False),
        sa.Column("province", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "permission", "province", name="pk_grants"),
    )
    _tokens()


def _tokens() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", Id, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by", sa.String(40), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("revoked_at", Moment(), nullable=True),
        sa.Column("used_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_api_tokens"),
        sa.UniqueConstraint("token_hash", name="uq_api_tokens_token_hash"),
    )
    op.create_table(
        "token_grants",
        sa.Column(
            "token_id", Id, sa.ForeignKey("api_tokens.id", name="fk_token_grants_token_id_api_tokens"), nullable=False
        ),
        sa.Column("permission", sa.String(16), nullable=False),
        sa.Column("province", sa.String(8), nullable=False),
        sa.PrimaryKeyConstraint("token_id", "permission", "province", name="pk_token_grants"),
    )


def _owner(table: str) -> sa.Column[int]:
    known = sa.ForeignKey("accounts.id", name=f"fk_{table}_account_id_accounts")
    return sa.Column("account_id", Id, known, nullable=False)


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
