"""Store proposals' pictures in the database, so that every process has them, instead of a path on one machine."""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "pictures",
        sa.Column("proposal_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["proposal_id"], ["proposals.id"], name="fk_pictures_proposal_id_proposals"),
        sa.PrimaryKeyConstraint("proposal_id", name="pk_pictures"),
    )
    op.drop_column("proposals", "picture")  # a path that no code ever read


def downgrade() -> None:
    op.add_column("proposals", sa.Column("picture", sa.String(length=200), nullable=True))
    op.drop_table("pictures")
