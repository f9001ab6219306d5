"""Give each campaign a name, an audience, texts, a state, a history of steps, and a time in which to send (`gates`)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("campaigns") as table:
        table.add_column(sa.Column("name", sa.String(length=80), server_default="Invitation", nullable=False))
        table.add_column(sa.Column("texts", JSON, nullable=True))
        table.add_column(sa.Column("audience", JSON, server_default="{}", nullable=False))
        table.add_column(sa.Column("urgent", sa.Boolean(), server_default=sa.true(), nullable=False))
        table.add_column(sa.Column("state", sa.String(length=10), server_default="running", nullable=False))
        table.add_column(sa.Column("author", sa.String(length=40), server_default="sawt invite", nullable=False))
        table.add_column(sa.Column("expires_at", MOMENT, nullable=True))
        table.add_column(sa.Column("scheduled_for", MOMENT, nullable=True))
        table.alter_column("launched_at", existing_type=MOMENT, nullable=True)
        table.drop_constraint("uq_campaigns_purpose_consultation_id", type_="unique")
        table.create_index("ix_campaigns_state", ["state"])
    with op.batch_alter_table("campaigns") as table:  # only existing rows needed the defaults
        for name in ("name", "audience", "urgent", "state", "author"):
            table.alter_column(name, server_default=None)
    op.create_table(
        "campaign_steps",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaigns.id"], name="fk_campaign_steps_campaign_id_campaigns"),
        sa.PrimaryKeyConstraint("id", name="pk_campaign_steps"),
    )
    op.create_index("ix_campaign_steps_campaign_id", "campaign_steps", ["campaign_id"])
    op.create_table(
        "gates",
        sa.Column("campaign_id", ID, autoincrement=False, nullable=False),
        sa.Column("opens_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("campaign_id", name="pk_gates"),
    )
    # Existing invitations get a gate (a time in which to send), so that sending goes on.
    op.execute("INSERT INTO gates (campaign_id, opens_at) SELECT id, launched_at FROM campaigns")
    _index("ix_deliveries_open", "campaign_id", "state IN ('queued', 'sending')")
    _index("ix_deliveries_expiring", "expires_at", "state = 'queued' AND expires_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_deliveries_expiring", "deliveries")
    op.drop_index("ix_deliveries_open", "deliveries")
    op.drop_table("gates")
    op.drop_index("ix_campaign_steps_campaign_id", "campaign_steps")
    op.drop_table("campaign_steps")
    op.execute("DELETE FROM campaigns WHERE purpose <> 'invite' OR launched_at IS NULL")
    with op.batch_alter_table("campaigns") as table:
        table.drop_index("ix_campaigns_state")
        for name in ("scheduled_for", "expires_at", "author", "state", "urgent", "audience", "texts", "name"):
            table.drop_column(name)
        table.alter_column("launched_at", existing_type=MOMENT, nullable=False)
        table.create_unique_constraint("uq_campaigns_purpose_consultation_id", ["purpose", "consultation_id"])


def _index(name: str, column: str, where: str) -> None:
    op.create_index(name, "deliveries", [column], postgresql_where=sa.text(where), sqlite_where=sa.text(where))
