"""Let options have words besides their labels. Encrypt replies that were not understood, and store their question.

The existing replies of this kind are deleted, because migrations have no keys to encrypt them with.
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "option_words",
        sa.Column("id", ID, nullable=False),
        sa.Column("option_id", ID, nullable=False),
        sa.Column("word", sa.String(40), nullable=False),
        sa.Column("who", sa.String(40)),
        sa.Column("given_at", MOMENT),
        sa.Column("ended_by", sa.String(40)),
        sa.Column("ended_at", MOMENT),
        sa.ForeignKeyConstraint(["option_id"], ["options.id"], name="fk_option_words_option_id_options"),
        sa.PrimaryKeyConstraint("id", name="pk_option_words"),
    )
    op.create_index("ix_option_words_option_id", "option_words", ["option_id"])
    op.drop_table("unmatched")
    op.create_table(
        "unmatched",
        sa.Column("known_by", sa.LargeBinary(), nullable=False),
        sa.Column("question_id", ID),
        sa.Column("asked", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("bits", sa.BigInteger(), nullable=False),
        sa.Column("settled", sa.BigInteger(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.Column("dropped", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_unmatched_question_id_questions"),
        sa.PrimaryKeyConstraint("known_by", name="pk_unmatched"),
    )
    op.create_index("ix_unmatched_question_id", "unmatched", ["question_id"])


def downgrade() -> None:
    op.drop_table("unmatched")
    op.create_table(
        "unmatched",
        sa.Column("words", sa.String(length=40), nullable=False),
        sa.Column("asked", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("last_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("words", "asked", "language", name="pk_unmatched"),
    )
    op.drop_table("option_words")
