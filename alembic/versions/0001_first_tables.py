"""Create the first tables: residents, consultations, ballots, the dialogue and the outbox."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "bodies",
        sa.Column("id", ID, nullable=False),
        sa.Column("campaign_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("latin", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("choices", JSON, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bodies"),
        sa.UniqueConstraint(
            "campaign_id", "channel", "language", "latin", name="uq_bodies_campaign_id_channel_language_latin"
        ),
    )
    op.create_table(
        "consultations",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=True),
        sa.Column("closes_at", MOMENT, nullable=True),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_consultations"),
        sa.UniqueConstraint("code", name="uq_consultations_code"),
    )
    op.create_table(
        "inbound",
        sa.Column("id", ID, nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inbound"),
        sa.UniqueConstraint("provider", "external_id", name="uq_inbound_provider_external_id"),
    )
    op.create_table(
        "plans",
        sa.Column("id", ID, nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plans"),
        sa.UniqueConstraint("code", name="uq_plans_code"),
    )
    op.create_table(
        "residents",
        sa.Column("id", ID, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=True),
        sa.Column("latin", sa.Boolean(), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=True),
        sa.Column("joined_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_residents"),
    )
    op.create_table(
        "addresses",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("provider", sa.String(length=16), nullable=False),
        sa.Column("blind_index", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_addresses_resident_id_residents"),
        sa.PrimaryKeyConstraint("id", name="pk_addresses"),
        sa.UniqueConstraint("channel", "blind_index", name="uq_addresses_channel_blind_index"),
    )
    op.create_index("ix_addresses_resident_id", "addresses", ["resident_id"], unique=False)

    op.create_table(
        "ballots",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column("voter", sa.LargeBinary(), nullable=False),
        sa.Column("receipt", sa.String(length=8), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=False),
        sa.Column("province", sa.String(length=8), nullable=True),
        sa.Column("complete", sa.Boolean(), nullable=False),
        sa.Column("cast_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_ballots_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ballots"),
        sa.UniqueConstraint("consultation_id", "receipt", name="uq_ballots_consultation_id_receipt"),
        sa.UniqueConstraint("consultation_id", "voter", name="uq_ballots_consultation_id_voter"),
    )
    op.create_table(
        "campaigns",
        sa.Column("id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=16), nullable=False),
        sa.Column("consultation_id", ID, nullable=True),
        sa.Column("launched_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_campaigns_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_campaigns"),
        sa.UniqueConstraint("purpose", "consultation_id", name="uq_campaigns_purpose_consultation_id"),
    )
    op.create_table(
        "commitments",
        sa.Column("id", ID, nullable=False),
        sa.Column("plan_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", JSON, nullable=False),
        sa.Column("confirmed", JSON, nullable=False),
        sa.ForeignKeyConstraint(["plan_id"], ["plans.id"], name="fk_commitments_plan_id_plans"),
        sa.PrimaryKeyConstraint("id", name="pk_commitments"),
        sa.UniqueConstraint("plan_id", "number", name="uq_commitments_plan_id_number"),
    )
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("language", sa.String(length=3), nullable=True),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_consents_resident_id_residents"),
        sa.PrimaryKeyConstraint("id", name="pk_consents"),
    )
    op.create_index("ix_consents_resident_id", "consents", ["resident_id"], unique=False)

    op.create_table(
        "participations",
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_participations_consultation_id_consultations"
        ),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_participations_resident_id_residents"),
        sa.PrimaryKeyConstraint("consultation_id", "resident_id", name="pk_participations"),
    )
    op.create_table(
        "questions",
        sa.Column("id", ID, nullable=False),
        sa.Column("consultation_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", JSON, nullable=False),
        sa.Column("rules", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_questions_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_questions"),
        sa.UniqueConstraint("consultation_id", "position", name="uq_questions_consultation_id_position"),
    )
    op.create_table(
        "answers",
        sa.Column("ballot_id", sa.BigInteger(), nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("rank", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["ballot_id"], ["ballots.id"], name="fk_answers_ballot_id_ballots"),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_answers_question_id_questions"),
        sa.PrimaryKeyConstraint("ballot_id", "question_id", "rank", name="pk_answers"),
    )
    op.create_index("ix_answers_question_id", "answers", ["question_id"], unique=False)

    op.create_table(
        "conversations",
        sa.Column("address_id", ID, nullable=False),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("consultation_id", ID, nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("offered", JSON, nullable=False),
        sa.Column("misses", sa.Integer(), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("heard", sa.Integer(), nullable=False),
        sa.Column("payload", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_conversations_address_id_addresses"),
        sa.ForeignKeyConstraint(
            ["consultation_id"], ["consultations.id"], name="fk_conversations_consultation_id_consultations"
        ),
        sa.PrimaryKeyConstraint("address_id", name="pk_conversations"),
    )
    op.create_table(
        "deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("address_id", ID, nullable=False),
        sa.Column("resident_id", ID, nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("campaign_id", ID, nullable=True),
        sa.Column("body_id", ID, nullable=True),
        sa.Column("inbound_id", ID, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("external_id", sa.String(length=64), nullable=True),
        sa.Column("parts", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("settled_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["address_id"], ["addresses.id"], name="fk_deliveries_address_id_addresses"),
        sa.ForeignKeyConstraint(["body_id"], ["bodies.id"], name="fk_deliveries_body_id_bodies"),
        sa.ForeignKeyConstraint(["inbound_id"], ["inbound.id"], name="fk_deliveries_inbound_id_inbound"),
        sa.ForeignKeyConstraint(["resident_id"], ["residents.id"], name="fk_deliveries_resident_id_residents"),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sa.UniqueConstraint("campaign_id", "resident_id", name="uq_deliveries_campaign_id_resident_id"),
    )
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        ["channel", "priority", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
        sqlite_where=sa.text("state = 'queued'"),
    )
    op.create_index("ix_deliveries_inbound_id", "deliveries", ["inbound_id"], unique=False)
    op.create_index(
        "ix_deliveries_kept",
        "deliveries",
        ["settled_at"],
        unique=False,
        postgresql_where=sa.text("sealed IS NOT NULL"),
        sqlite_where=sa.text("sealed IS NOT NULL"),
    )
    op.create_index(
        "ix_deliveries_leased",
        "deliveries",
        ["leased_until"],
        unique=False,
        postgresql_where=sa.text("state = 'sending'"),
        sqlite_where=sa.text("state = 'sending'"),
    )
    op.create_index(
        "ix_deliveries_waiting",
        "deliveries",
        ["resident_id"],
        unique=False,
        postgresql_where=sa.text("state = 'queued'"),
        sqlite_where=sa.text("state = 'queued'"),
    )

    op.create_table(
        "options",
        sa.Column("id", ID, nullable=False),
        sa.Column("question_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("label", JSON, nullable=False),
        sa.ForeignKeyConstraint(["question_id"], ["questions.id"], name="fk_options_question_id_questions"),
        sa.PrimaryKeyConstraint("id", name="pk_options"),
        sa.UniqueConstraint("question_id", "position", name="uq_options_question_id_position"),
    )


def downgrade() -> None:
    op.drop_table("options")
    op.drop_table("deliveries")
    op.drop_table("conversations")
    op.drop_table("answers")
    op.drop_table("questions")
    op.drop_table("participations")
    op.drop_table("consents")
    op.drop_table("commitments")
    op.drop_table("campaigns")
    op.drop_table("ballots")
    op.drop_table("addresses")
    op.drop_table("residents")
    op.drop_table("plans")
    op.drop_table("inbound")
    op.drop_table("consultations")
    op.drop_table("bodies")
