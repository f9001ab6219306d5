"""Store announced future times as local time in Morocco, so that new time zone data do not move them."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

COLUMNS = {
    "consultations": ("opens_at", "closes_at"),
    "meetings": ("starts_at", "ends_at"),
    "campaigns": ("scheduled_for", "expires_at"),
}

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Convert instants to the local times that people were told.

    Migrate before the system's tzdata is upgraded to 2026c or later. Until now, Sawt used the system's data. Newer data
    no longer tell which times people were told: a meeting announced for 10:00 could move to another hour.
    """
    zone = ZoneInfo("Africa/Casablanca")
    _retype("TIMESTAMP WITHOUT TIME ZONE")
    _rewrite(lambda moment: moment.replace(tzinfo=UTC).astimezone(zone))


def downgrade() -> None:
    """Convert local times back to instants, with the same time zone data."""
    zone = ZoneInfo("Africa/Casablanca")
    _rewrite(lambda told: told.replace(tzinfo=zone).astimezone(UTC))
    _retype("TIMESTAMP WITH TIME ZONE")


def _retype(kind: str) -> None:
    """On PostgreSQL, change the type of the columns. Times without a time zone are UTC."""
    # SQLite stores the same text for both types
    if op.get_bind().dialect.name == "postgresql":
        for table, columns in COLUMNS.items():
            for column in columns:
                op.execute(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind} USING {column} AT TIME ZONE 'UTC'")


def _rewrite(made: Callable[[datetime], datetime]) -> None:
    """Convert each time with `made`, row by row, because there are few rows."""
    for name, columns in COLUMNS.items():
        table = sa.table(name, sa.column("id"), *(sa.column(each, sa.DateTime()) for each in columns))
        for row in op.get_bind().execute(sa.select(table)).mappings().all():
            found: dict[str, datetime] = {each: row[each] for each in columns if row[each] is not None}
            if found:
                news = {each: made(moment).replace(tzinfo=None) for each, moment in found.items()}
                op.get_bind().execute(sa.update(table).where(table.c.id == row["id"]).values(news))
