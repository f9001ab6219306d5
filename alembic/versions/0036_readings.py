"""Store the displayed counts of open consultations. They change only at full hours, in steps of `smallest_count`."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consultations", sa.Column("smallest_count", sa.Integer, nullable=False, server_default="10"))
    op.execute("UPDATE consultations SET smallest_count = 1 WHERE state = 'closed'")  # its exact counts are public
    op.create_table(
        "readings",
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("ballots", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_readings_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("consultation_id", name="pk_readings"),
    )
    op.create_table(
        "question_readings",
        sa.Column("id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("answered", sa.Integer, nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_question_readings_question_id_questions"),
        sa.PrimaryKeyConstraint("id", name="pk_question_readings"),
    )
    op.create_index("ix_question_readings_question_id", "question_readings", ["question_id"])


def downgrade() -> None:
    op.drop_table("question_readings")
    op.drop_table("readings")
    op.drop_column("consultations", "smallest_count")
