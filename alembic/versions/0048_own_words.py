"""After closing, store answers in residents' own words apart from ballots. Let staff tag these answers.

For consultations that are already closed, the answers are moved now.
"""

import sqlalchemy as sa
from alembic import op

from api.db import Json, Moment

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_UNREAD = sa.text("key IS NULL")
_MOVE = (
    "INSERT INTO own_words (question_id, text) SELECT a.question_id, a.value FROM answers a"
    " JOIN questions q ON q.id = a.question_id JOIN consultations c ON c.id = q.consultation_id"
    " WHERE q.kind = 'text' AND c.state = 'closed' ORDER BY random()"
)
_SIGN = (
    "UPDATE answers SET value = '*' WHERE question_id IN"
    " (SELECT q.id FROM questions q JOIN consultations c ON c.id = q.consultation_id"
    " WHERE q.kind = 'text' AND c.state = 'closed')"
)


def upgrade() -> None:
    op.create_table(
        "own_words",
        sa.Column("id", _ID, nullable=False),
        sa.Column("question_id", _ID, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("flags", Json, nullable=True),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_own_words_question_id_questions"),
        sa.PrimaryKeyConstraint("id", name="pk_own_words"),
    )
    op.create_index("ix_own_words_question_id_id", "own_words", ["question_id", "id"])
    op.create_index("ix_own_words_unread", "own_words", ["id"], postgresql_where=_UNREAD, sqlite_where=_UNREAD)
    op.create_table(
        "own_words_tags",
        sa.Column("words_id", _ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("tag", sa.String(20), nullable=False),
        sa.Column("who", sa.String(40), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["words_id"], ["own_words.id"], name="fk_own_words_tags_words_id_own_words"),
        sa.PrimaryKeyConstraint("words_id", "key", name="pk_own_words_tags"),
    )
    op.execute(_MOVE)
    op.execute(_SIGN)


def downgrade() -> None:
    # Texts cannot return to their ballots, because nothing says any more which ballot a text was on.
    if op.get_bind().scalar(sa.text("SELECT count(*) FROM own_words")):
        raise RuntimeError("there are texts of closed consultations, which an older release has no place for")
    op.drop_table("own_words_tags")
    op.drop_table("own_words")
