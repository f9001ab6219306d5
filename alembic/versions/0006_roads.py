"""Store each delivery's road (delivery route). Count campaigns' deliveries by state. Create budgets (`purses`)."""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)
DUE = "state = 'queued'"

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rename_column("provider", "road", length=40)
    op.add_column("addresses", sa.Column("prefix", sa.String(6)))
    op.add_column("bodies", sa.Column("parts", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("bodies", sa.Column("purpose", sa.String(16), nullable=False, server_default=""))
    op.add_column("gates", sa.Column("rank", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("campaigns", sa.Column("budget", sa.BigInteger()))
    op.add_column("deliveries", sa.Column("road", sa.String(40), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("province", sa.String(8), nullable=False, server_default=""))
    op.add_column("deliveries", sa.Column("prior", sa.String(10)))
    _tables()
    _fill()
    op.drop_index("ix_deliveries_due", "deliveries")
    op.create_index("ix_deliveries_due", "deliveries", ["road", "campaign_id", "due_at", "id"], **_where(DUE))
    op.create_index("ix_deliveries_unsure", "deliveries", ["campaign_id"], **_where("state = 'unsure'"))
    op.execute("DELETE FROM lanes")  # named after channels until now; the service creates them again


def _tables() -> None:
    op.create_table(
        "tallies",
        sa.Column("campaign_id", ID, nullable=False, autoincrement=False),
        sa.Column("body_id", ID, nullable=False, autoincrement=False),
        sa.Column("province", sa.String(8), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "body_id", "province", "state", "reason", "slot", name="pk_tallies"),
    )
    op.create_table(
        "flows",
        sa.Column("campaign_id", ID, nullable=False, autoincrement=False),
        sa.Column("minute", MOMENT, nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("campaign_id", "minute", "state", "slot", name="pk_flows"),
    )
    op.create_table(
        "purses",
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("ceiling", sa.BigInteger()),
        sa.Column("empty", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_purses"),
    )


def _fill() -> None:
    """Store the road of existing deliveries, and count those of campaigns."""
    op.execute("UPDATE deliveries SET road = (SELECT road FROM addresses WHERE addresses.id = deliveries.address_id)")
    op.execute(
        "UPDATE deliveries SET province = coalesce((SELECT province FROM residents WHERE residents.id ="
        " deliveries.resident_id), '') WHERE campaign_id IS NOT NULL"
    )
    op.execute(
        "INSERT INTO tallies (campaign_id, body_id, province, state, reason, slot, count)"
        " SELECT campaign_id, coalesce(body_id, 0), province,"
        " CASE WHEN state = 'sending' THEN 'queued' ELSE state END,"
        " CASE WHEN state IN ('failed', 'expired', 'cancelled') THEN coalesce(reason, '') ELSE '' END, 0, count(*)"
        " FROM deliveries WHERE campaign_id IS NOT NULL GROUP BY 1, 2, 3, 4, 5"
    )


def downgrade() -> None:
    op.drop_index("ix_deliveries_unsure", "deliveries")
    op.drop_index("ix_deliveries_due", "deliveries")
    op.create_index("ix_deliveries_due", "deliveries", ["channel", "priority", "due_at"], **_where(DUE))
    for table in ("purses", "flows", "tallies"):
        op.drop_table(table)
    for table, columns in (
        ("deliveries", ("prior", "province", "road")), ("campaigns", ("budget",)), ("gates", ("rank",)),
        ("bodies", ("purpose", "parts")), ("addresses", ("prefix",)),
    ):  # fmt: skip
        for column in columns:
            op.drop_column(table, column)
    _rename_column("road", "provider", length=16)


def _rename_column(old: str, new: str, *, length: int) -> None:
    """Rename a column of `addresses` by copying its values to a new column."""
    # otherwise SQLite would replace the whole table, but it drops no table to which others refer
    op.add_column("addresses", sa.Column(new, sa.String(length), nullable=False, server_default=""))
    op.execute(
        sa.update(sa.table("addresses", sa.column(new))).values({new: sa.func.substr(sa.column(old), 1, length)})
    )
    op.drop_column("addresses", old)


def _where(condition: str) -> dict[str, sa.TextClause]:
    return {"postgresql_where": sa.text(condition), "sqlite_where": sa.text(condition)}
