"""Store counts by group in a separate table. After closing, ballots then reveal nothing about their voters.

For consultations that are already closed, `sawt migrate` counts the ballots and erases facts about voters.
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
COLUMNS = (("channel", sa.String(16), None), ("language", sa.String(3), None), ("assisted", sa.Boolean, sa.false()))

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "group_counts",
        sa.Column("id", ID, nullable=False),
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column("division", sa.String(16), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("question_id", ID),
        sa.Column("value", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_group_counts_consultation_id_consultations"
        ),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_group_counts_question_id_questions"),
        sa.PrimaryKeyConstraint("id", name="pk_group_counts"),
    )
    op.create_index("ix_group_counts_consultation_id", "group_counts", ["consultation_id"])
    for name, kind, default in COLUMNS:
        _change(name, kind, default, nullable=True)


def downgrade() -> None:
    op.execute("UPDATE ballots SET channel = coalesce(channel, ''), language = coalesce(language, '')")
    op.execute("UPDATE ballots SET assisted = coalesce(assisted, false)")
    for name, kind, default in COLUMNS:
        _change(name, kind, default, nullable=False)
    op.drop_table("group_counts")


def _change(name: str, kind: object, default: object, *, nullable: bool) -> None:
    """Make a column of `ballots` nullable or not."""
    if op.get_bind().dialect.name == "postgresql":
        op.alter_column("ballots", name, nullable=nullable)
        return
    # SQLite cannot change a column, nor replace a table to which another refers: a new column replaces the old one
    instead = default if default is not None or nullable else "''"
    new = sa.Column(f"{name}_new", kind, nullable=nullable, server_default=instead)
    op.add_column("ballots", new)
    ballots = sa.table("ballots", sa.column(new.name), sa.column(name))
    op.execute(sa.update(ballots).values({new.name: ballots.c[name]}))
    op.drop_column("ballots", name)
    op.execute(f"ALTER TABLE ballots RENAME COLUMN {name}_new TO {name}")
