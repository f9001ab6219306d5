"""Create meetings with registrations, letters to staff, and agents. Mark ballots that agents typed for other people."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _meetings()
    _letters()
    _agents()
    op.add_column("ballots", sa.Column("assisted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("conversations", sa.Column("assisting", JSON, nullable=True))


def _meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("place", JSON, nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=False),
        sa.Column("languages", JSON, nullable=False),
        sa.Column("theme", sa.String(length=24), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("consultation_id", ID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("reminded_at", MOMENT, nullable=True),
        sa.Column("minutes", JSON, nullable=True),
        sa.Column("agreed", sa.Integer(), nullable=False),
        sa.Column("disagreed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_meetings_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_meetings"),
        sa.UniqueConstraint("code", name="uq_meetings_code"),
    )
    op.create_index("ix_meetings_starts_at", "meetings", ["starts_at"])
    op.create_table(
        "registrations",
        sa.Column("id", ID, nullable=False),
        sa.Column("meeting_id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("asked", sa.Boolean(), nullable=False),
        sa.Column("judged", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["meeting_id"], ["meetings.id"], name="fk_registrations_meeting_id_meetings"),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_registrations_resident_id_residents"),
        sa.PrimaryKeyConstraint("id", name="pk_registrations"),
        sa.UniqueConstraint("meeting_id", "resident_id", name="uq_registrations_meeting_id_resident_id"),
    )
    op.create_index("ix_registrations_resident_id", "registrations", ["resident_id"])


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("address_id", ID, nullable=False),
        sa.Column("province", sa.String(length=8), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("who", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_letters_resident_id_residents"),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_letters_address_id_addresses"),
        sa.PrimaryKeyConstraint("id", name="pk_letters"),
    )
    op.create_index("ix_letters_resident_id", "letters", ["resident_id"])
    op.create_index("ix_letters_state_province", "letters", ["state", "province"])


def _agents() -> None:
    op.create_table(
        "agents",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("daily", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=True),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_agents"),
        sa.UniqueConstraint("code_hash", name="uq_agents_code_hash"),
    )
    op.create_table(
        "agent_days",
        sa.Column("agent_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name="fk_agent_days_agent_id_agents"),
        sa.PrimaryKeyConstraint("agent_id", "day", name="pk_agent_days"),
    )
    op.create_table(
        "agent_tries",
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("failed", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_agent_tries_resident_id_residents"),
        sa.PrimaryKeyConstraint("resident_id", "day", name="pk_agent_tries"),
    )


def downgrade() -> None:
    op.drop_column("conversations", "assisting")
    op.drop_column("ballots", "assisted")
    for table in ("agent_tries", "agent_days", "agents", "letters", "registrations", "meetings"):
        op.drop_table(table)
