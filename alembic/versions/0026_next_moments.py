"""Add indexes for data that expire: data to undo a merge, ballots that no longer count, hashes of erased addresses."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_merges_kept", "merges", "merged_at", "sealed IS NOT NULL"),
    ("ix_superseded_kept", "superseded", "kept_until", "kept_until IS NOT NULL"),
    ("ix_addresses_erased", "addresses", "resident_id", "state = 'erased'"),
)


def upgrade() -> None:
    for name, table, column, held in INDEXES:
        op.create_index(name, table, [column], postgresql_where=sa.text(held), sqlite_where=sa.text(held))


def downgrade() -> None:
    for name, table, _, _ in INDEXES:
        op.drop_index(name, table)
