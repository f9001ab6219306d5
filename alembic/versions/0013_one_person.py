"""Store codes that link two addresses of one person, merges of residents, replaced receipts and published lists."""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("ballots", sa.Column("changed_at", MOMENT))
    op.create_index("ix_ballots_receipt", "ballots", ["receipt"])
    op.create_table(
        "superseded",
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column("receipt", sa.String(8), nullable=False),
        sa.Column("voter", sa.LargeBinary),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("kept_until", MOMENT),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_superseded_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("consultation_id", "receipt", name="pk_superseded"),
    )
    op.create_table(
        "publications",
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("ballots", sa.Integer, nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_publications_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("consultation_id", name="pk_publications"),
    )
    _links()


def _links() -> None:
    op.create_table(
        "link_codes",
        sa.Column("blind", sa.LargeBinary, nullable=False),
        sa.Column("address_id", ID, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_link_codes_address_id_addresses"),
        sa.PrimaryKeyConstraint("blind", name="pk_link_codes"),
        sa.UniqueConstraint("address_id", name="uq_link_codes_address_id"),
    )
    op.create_table(
        "link_tries",
        sa.Column("address_id", ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_link_tries_address_id_addresses"),
        sa.PrimaryKeyConstraint("address_id", name="pk_link_tries"),
    )
    op.create_table(
        "merges",
        sa.Column("id", ID, nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("gone_id", ID, nullable=False),
        sa.Column("how", sa.String(10), nullable=False),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("sealed", sa.LargeBinary),
        sa.Column("undone_at", MOMENT),
        sa.Column("undone_by", sa.String(40)),
        sa.PrimaryKeyConstraint("id", name="pk_merges"),
    )


def downgrade() -> None:
    for table in ("merges", "link_tries", "link_codes", "publications", "superseded"):
        op.drop_table(table)
    op.drop_index("ix_ballots_receipt", "ballots")
    op.drop_column("ballots", "changed_at")
