"""Index queued deliveries by address. On SQLite, never use the number of a deleted registration again."""

import sqlalchemy as sa
from alembic import op

WAITING = "ix_deliveries_waiting"
QUEUED = sa.text("state = 'queued'")

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _index("address_id")
    _number(only_once=True)


def downgrade() -> None:
    _number(only_once=False)
    _index("resident_id")


def _index(column: str) -> None:
    op.drop_index(WAITING, "deliveries")
    op.create_index(WAITING, "deliveries", [column], postgresql_where=QUEUED, sqlite_where=QUEUED)


def _number(*, only_once: bool) -> None:
    """On SQLite, set whether the table `registrations` gives out each number only once."""
    # PostgreSQL always does; the table can be created again, because no other table refers to it
    if op.get_bind().dialect.name == "sqlite":
        made = {"sqlite_autoincrement": only_once}
        with op.batch_alter_table("registrations", recreate="always", table_kwargs=made):
            pass
