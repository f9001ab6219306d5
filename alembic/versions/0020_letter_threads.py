"""Turn letters to the staff into threads: each message and each answer becomes a row. Existing letters are copied."""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "letter_lines",
        sa.Column("id", ID, nullable=False),
        sa.Column("letter_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_letter_lines_letter_id_letters"),
        sa.PrimaryKeyConstraint("id", name="pk_letter_lines"),
    )
    op.create_index("ix_letter_lines_letter_id", "letter_lines", ["letter_id"])
    op.execute(
        "INSERT INTO letter_lines (letter_id, kind, sealed, at)"
        " SELECT id, 'letter', sealed, written_at FROM letters ORDER BY id"
    )
    op.execute(
        "INSERT INTO letter_lines (letter_id, kind, sealed, at, who)"
        " SELECT id, 'answer', answer, answered_at, who FROM letters WHERE answer IS NOT NULL ORDER BY id"
    )
    op.add_column("letters", sa.Column("waiting_since", MOMENT, nullable=True))
    op.execute("UPDATE letters SET waiting_since = written_at WHERE state = 'open'")
    op.drop_column("letters", "answer")
    op.drop_column("letters", "sealed")


def downgrade() -> None:
    op.add_column("letters", sa.Column("sealed", sa.LargeBinary(), nullable=False, server_default=""))
    op.add_column("letters", sa.Column("answer", sa.LargeBinary(), nullable=True))
    op.execute(  # if there are several lines, the newest
        "UPDATE letters SET sealed = (SELECT sealed FROM letter_lines WHERE id ="
        " (SELECT max(id) FROM letter_lines WHERE letter_id = letters.id AND kind = 'letter'))"
    )
    op.execute(
        "UPDATE letters SET answer = (SELECT sealed FROM letter_lines WHERE id ="
        " (SELECT max(id) FROM letter_lines WHERE letter_id = letters.id AND kind = 'answer'))"
    )
    op.drop_column("letters", "waiting_since")
    op.drop_index("ix_letter_lines_letter_id", "letter_lines")
    op.drop_table("letter_lines")
