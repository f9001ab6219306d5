"""Count wrong agent codes by address instead of by resident. Today's counts are lost; each lasts only a day."""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
NAME = "agent_tries"

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _anew(sa.Column("origin", sa.LargeBinary(), nullable=False))


def downgrade() -> None:
    by = sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_agent_tries_resident_id_residents")
    _anew(sa.Column("resident_id", ID, nullable=False), by)


def _anew(column: sa.Column[object], *more: sa.Constraint) -> None:
    op.drop_table(NAME)
    op.create_table(
        NAME,
        column,
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        *more,
        sa.PrimaryKeyConstraint(column.name, "day", name="pk_agent_tries"),
    )
