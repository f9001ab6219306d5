"""Create ideas, their authors, the proposals made from them, and a history of what staff did with both."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

INDEXES = (
    ("proposals", ["state"]),
    ("proposals", ["commitment_id"]),
    ("ideas", ["state"]),
    ("ideas", ["proposal_id"]),
    ("ideas", ["merged_into"]),
    ("idea_authors", ["resident_id", "since"]),
    ("idea_steps", ["idea_id"]),
    ("proposal_steps", ["proposal_id"]),
)


def upgrade() -> None:
    op.create_table(
        "proposals",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("text", JSON, nullable=False),
        sa.Column("theme", sa.String(length=24), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=True),
        sa.Column("picture", sa.String(length=200), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("answer", JSON, nullable=True),
        sa.Column("commitment_id", ID, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        _to("proposals", "commitment_id", "commitments"),
        sa.PrimaryKeyConstraint("id", name="pk_proposals"),
        sa.UniqueConstraint("code", name="uq_proposals_code"),
    )
    op.create_table(
        "ideas",
        sa.Column("id", ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("public", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("theme", sa.String(length=24), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=True),
        sa.Column("flags", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reason", JSON, nullable=True),
        sa.Column("merged_into", ID, nullable=True),
        sa.Column("proposal_id", ID, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        _to("ideas", "merged_into", "ideas"),
        _to("ideas", "proposal_id", "proposals"),
        sa.PrimaryKeyConstraint("id", name="pk_ideas"),
    )
    op.create_table(
        "idea_authors",
        sa.Column("idea_id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        _to("idea_authors", "idea_id", "ideas"),
        _to("idea_authors", "resident_id", "residents"),
        sa.PrimaryKeyConstraint("idea_id", "resident_id", name="pk_idea_authors"),
    )
    for table, parent in (("idea_steps", "ideas"), ("proposal_steps", "proposals")):
        _steps(table, parent)
    for table, columns in INDEXES:
        op.create_index(_index(table, columns), table, columns)


def downgrade() -> None:
    for table, columns in INDEXES:
        op.drop_index(_index(table, columns), table)
    for table in ("proposal_steps", "idea_steps", "idea_authors", "ideas", "proposals"):
        op.drop_table(table)


def _to(table: str, column: str, parent: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{parent}.id"], name=f"fk_{table}_{column}_{parent}")


def _steps(table: str, parent: str) -> None:
    of = f"{parent.removesuffix('s')}_id"
    op.create_table(
        table,
        sa.Column("id", ID, nullable=False),
        sa.Column(of, ID, nullable=False),
        sa.Column("step", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("who", sa.String(length=40), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        _to(table, of, parent),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _index(table: str, columns: list[str]) -> str:
    return f"ix_{table}_{'_'.join(columns)}"
