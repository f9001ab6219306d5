"""Store what selects a campaign's audience: communes, sources and follows. Add quotas, waves and resends."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
CAMPAIGN = sa.text("campaign_id IS NOT NULL")

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# All columns are nullable, so that no table has to be rewritten, however large it is.
COLUMNS = (
    ("residents", "commune", sa.String(length=12)),
    ("residents", "source", sa.String(length=64)),
    ("campaigns", "quotas", JSON),
    ("campaigns", "waves", JSON),
    ("campaigns", "resends", ID),
    ("campaigns", "origin", ID),
)


def upgrade() -> None:
    for table, name, kind in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=True))
    op.create_table(
        "follows",
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("ref", sa.String(length=40), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_follows_resident_id_residents"),
        sa.PrimaryKeyConstraint("resident_id", "kind", "ref", name="pk_follows"),
    )
    op.create_index("ix_follows_kind_ref", "follows", ["kind", "ref"])
    op.create_index(
        "ix_deliveries_contacts",
        "deliveries",
        ["resident_id", "created_at"],
        postgresql_where=CAMPAIGN,
        sqlite_where=CAMPAIGN,
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_contacts", "deliveries")
    op.drop_table("follows")
    for table, name, _ in COLUMNS:
        op.drop_column(table, name)
