"""Record that an idea's authors were told of a finished milestone. Index ideas, to find similar ones quickly."""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("milestones", sa.Column("told_at", sa.DateTime(timezone=True), nullable=True))
    # Nobody is told now of milestones that were done before this release.
    op.execute(
        "UPDATE milestones SET told_at = CURRENT_TIMESTAMP WHERE id IN"
        " (SELECT milestone_id FROM assessments WHERE source = 'operational' AND status = 'done')"
    )
    op.drop_column("commitments", "proposal_id")  # never filled: a proposal refers to its commitment instead
    op.create_index("ix_ideas_theme_id", "ideas", ["theme", "id"])
    op.create_index("ix_ideas_province_id", "ideas", ["province", "id"])


def downgrade() -> None:
    op.drop_index("ix_ideas_province_id", "ideas")
    op.drop_index("ix_ideas_theme_id", "ideas")
    op.add_column("commitments", sa.Column("proposal_id", ID, nullable=True))
    op.drop_column("milestones", "told_at")
