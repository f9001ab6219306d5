"""Index queued deliveries by address. On SQLite, never give a deleted registration's number to a new registration."""

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
    """On SQLite, create the table `registrations` again. With `only_once`, it never gives out a number twice.

    PostgreSQL never does, so nothing is changed there. No other table refers to this table.
    """
    if op.get_bind().dialect.name == "sqlite":
        made = {"sqlite_autoincrement": only_once}
        with op.batch_alter_table("registrations", recreate="always", table_kwargs=made):
            pass
