"""Store incomplete answers apart from ballots, in a table of their own.

An answer is incomplete if it has too few choices. In open consultations, incomplete answers are deleted, because they
never counted. The voters are asked again.
"""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SEVERAL = ("several", "ranking", "points")

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "halves",
        sa.Column("voter", sa.LargeBinary(), nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("chosen", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_halves_question_id_questions"),
        sa.PrimaryKeyConstraint("voter", "question_id", name="pk_halves"),
    )
    _take_halves_off()


def _take_halves_off() -> None:
    consultations = sa.table("consultations", sa.column("id"), sa.column("state"))
    questions = sa.table(
        "questions", sa.column("id"), sa.column("consultation_id"), sa.column("kind"), sa.column("rules", JSON)
    )
    answers = sa.table("answers", sa.column("ballot_id"), sa.column("question_id"))
    asked = (
        sa.select(questions.c.id, questions.c.rules)
        .join(consultations, consultations.c.id == questions.c.consultation_id)
        .where(consultations.c.state == "open", questions.c.kind.in_(_SEVERAL))
    )
    connection = op.get_bind()
    for number, rules in connection.execute(asked).all():
        mine = answers.c.question_id == number
        given = Counter(connection.scalars(sa.select(answers.c.ballot_id).where(mine)))
        for ballot, count in given.items():
            if count < int(rules.get("least", 1)):
                connection.execute(sa.delete(answers).where(mine, answers.c.ballot_id == ballot))


def downgrade() -> None:
    op.drop_table("halves")
