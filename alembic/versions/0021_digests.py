"""Let a campaign have parts, each for its own followers, and one text for each combination of parts.

If a milestone was reported as late, also store which due date it missed. So each missed date is reported once.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
OLD, NEW = "uq_bodies_campaign_id_channel_language_latin", "uq_bodies_campaign_id_channel_language_latin_variant"
KEY = ["campaign_id", "channel", "language", "latin"]

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaigns", sa.Column("parts", JSON, nullable=True))
    op.add_column("milestones", sa.Column("told_late", sa.Date(), nullable=True))
    op.add_column("bodies", sa.Column("variant", sa.Integer(), nullable=False, server_default="0"))
    _unique(OLD, NEW, [*KEY, "variant"])


def downgrade() -> None:
    op.execute("UPDATE deliveries SET body_id = NULL WHERE body_id IN (SELECT id FROM bodies WHERE variant > 1)")
    op.execute("DELETE FROM bodies WHERE variant > 1")  # older releases cannot tell variants apart
    _unique(NEW, OLD, KEY)
    op.drop_column("bodies", "variant")
    op.drop_column("milestones", "told_late")
    op.drop_column("campaigns", "parts")


def _unique(before: str, after: str, columns: list[str]) -> None:
    """Replace the unique key of `bodies`, the campaigns' final texts."""
    # SQLite must create the table again while nothing refers to it, so a temporary table holds the references
    sqlite = op.get_bind().dialect.name == "sqlite"
    if sqlite:
        op.execute("CREATE TEMPORARY TABLE held AS SELECT id, body_id FROM deliveries WHERE body_id IS NOT NULL")
        op.execute("CREATE UNIQUE INDEX temp.ix_held ON held (id)")
        op.execute("UPDATE deliveries SET body_id = NULL WHERE body_id IS NOT NULL")
    with op.batch_alter_table("bodies") as table:
        table.drop_constraint(before, type_="unique")
        table.create_unique_constraint(after, columns)
    if sqlite:
        op.execute(
            "UPDATE deliveries SET body_id = (SELECT body_id FROM held WHERE held.id = deliveries.id)"
            " WHERE id IN (SELECT id FROM held)"
        )
        op.execute("DROP TABLE held")
