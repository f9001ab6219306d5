"""Store replies that were not understood, staff's corrections of messages, and guesses that residents must confirm."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "unmatched",
        sa.Column("words", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("words", "asked", "language", name="pk_unmatched"),
    )
    op.create_table(
        "corrections",
        sa.Column("id", ID, nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("forms", JSON, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
    )
    with op.batch_alter_table("conversations") as table:
        table.add_column(sa.Column("guess", sa.String(length=64), nullable=True))
        table.add_column(sa.Column("switch_offered", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("conversations") as table:  # only existing rows needed the default
        table.alter_column("switch_offered", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("conversations") as table:
        table.drop_column("switch_offered")
        table.drop_column("guess")
    op.drop_table("corrections")
    op.drop_table("unmatched")
