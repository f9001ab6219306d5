"""Give plans what the Open Government Partnership asks for: milestones, assessments, updates and ground checks.

A ground check asks invited residents whether a milestone is done. So consultations can now be for invited people only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# Each column is nullable or has a default for existing rows, so that no table has to be rewritten.
COLUMNS = (
    ("plans", "scope", sa.String(length=8), "regional"),
    ("plans", "announced", sa.Integer(), None),
    ("plans", "axes", JSON, "[]"),
    ("plans", "themes", JSON, "{}"),
    ("plans", "sheet", JSON, "{}"),
    ("commitments", "label", JSON, None),
    ("commitments", "theme", sa.String(length=24), None),
    ("commitments", "provinces", JSON, "[]"),
    ("commitments", "proposal_id", ID, None),
    ("commitments", "sheet", JSON, "{}"),
    ("consultations", "invited_only", sa.Boolean(), sa.false()),
)
TABLES = ("ground_checks", "updates", "assessments", "milestones")


def upgrade() -> None:
    for table, name, kind, default in COLUMNS:
        op.add_column(table, sa.Column(name, kind, nullable=default is None, server_default=default))
    op.create_table(
        "milestones",
        sa.Column("id", ID, nullable=False),
        sa.Column("commitment_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("sheet", JSON, nullable=False),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name="fk_milestones_commitment_id_commitments"),
        sa.PrimaryKeyConstraint("id", name="pk_milestones"),
        sa.UniqueConstraint("commitment_id", "number", name="uq_milestones_commitment_id_number"),
    )
    op.create_table(
        "assessments",
        *_said_of("assessments"),
        sa.Column("source", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("evidence", sa.String(), nullable=False),
    )
    op.create_table(
        "updates",
        *_said_of("updates"),
        sa.Column("text", JSON, nullable=False),
        sa.Column("campaign_id", ID, nullable=True),
    )
    op.create_table(
        "ground_checks",
        sa.Column("consultation_id", ID, autoincrement=False, nullable=False),
        sa.Column("milestone_id", ID, nullable=False),
        sa.Column("commune", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_ground_checks_consultation_id_consultations"
        ),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name="fk_ground_checks_milestone_id_milestones"),
        sa.PrimaryKeyConstraint("consultation_id", name="pk_ground_checks"),
    )
    op.create_index("ix_assessments_commitment_id", "assessments", ["commitment_id"])
    op.create_index("ix_updates_commitment_id", "updates", ["commitment_id"])
    op.create_index("ix_ground_checks_milestone_id", "ground_checks", ["milestone_id"])


def _said_of(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    """Return the columns and constraints that assessments and updates share."""
    return (
        sa.Column("id", ID, nullable=False),
        sa.Column("commitment_id", ID, nullable=False),
        sa.Column("milestone_id", ID, nullable=True),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["commitment_id"], ["commitments.id"], name=f"fk_{table}_commitment_id_commitments"),
        sa.ForeignKeyConstraint(["milestone_id"], ["milestones.id"], name=f"fk_{table}_milestone_id_milestones"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def downgrade() -> None:
    for table in TABLES:
        op.drop_table(table)
    for table, name, _, _ in COLUMNS:
        op.drop_column(table, name)
