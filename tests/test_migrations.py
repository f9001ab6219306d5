"""Migrations create the tables of the models, at once or step by step, on both databases."""

from __future__ import annotations

import asyncio
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import bindparam, column, inspect, null, select, table, text

from api.campaigns.models import Campaign
from api.commitments import announcements
from api.commitments import models as commitments
from api.commitments import service as commitments_service
from api.commitments.files import exchange
from api.consultations import content
from api.consultations import service as consultations_service
from api.db import Database, Json, Moment
from sawt.migrate import metadata, migrate
from sawt.revisions import current, newest
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo


async def test_the_tables_are_those_of_the_models(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.fresh())
    async with db.engine.connect() as connection:
        differences = await connection.run_sync(
            lambda sync: compare_metadata(MigrationContext.configure(sync), metadata())
        )
    await db.close()
    assert differences == []


async def test_no_table_is_forgotten_where_only_migrations_run(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    """In a separate process, since the tests have imported the models."""
    alone = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "from sawt.migrate import metadata; print(*sorted(metadata().tables))", stdout=PIPE
    )
    known, _ = await alone.communicate()
    db = Database(await databases.fresh())
    async with db.engine.connect() as connection:
        created = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
    await db.close()
    assert known.decode().split() == sorted(set(created) - {"alembic_version"})


async def test_migrating_twice_and_at_once_is_harmless(databases: SqliteDatabases | PostgresDatabases) -> None:
    url = await databases.empty()
    one, two = Database(url), Database(url)
    await asyncio.gather(migrate(one), migrate(two))
    assert await current(one) == newest()
    await one.close()
    await two.close()


async def test_every_migration_can_be_undone(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.fresh())
    await undo(db, "base")
    assert await current(db) is None
    await migrate(db)
    await db.close()


async def test_what_was_there_before_audiences_stays_as_it_was(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0004")
    moment = datetime(2026, 11, 24, 10, tzinfo=UTC)
    async with db.transaction() as session:
        for statement in (
            "INSERT INTO residents (id, state, language, latin, province, joined_at)"
            " VALUES (1, 'active', 'fr', false, '01.571', :moment)",
            "INSERT INTO addresses (id, resident_id, channel, provider, blind_index, sealed, state)"
            " VALUES (1, 1, 'sms', 'twilio', :bytes, :bytes, 'active')",
            "INSERT INTO campaigns (id, name, purpose, audience, urgent, state, author, launched_at)"
            " VALUES (1, 'News', 'inform', '{}', false, 'running', 'amina', :moment)",
            "INSERT INTO campaign_steps (id, campaign_id, step, state, who, at)"
            " VALUES (1, 1, 'launch', 'running', 'amina', :moment)",
            "INSERT INTO deliveries (id, channel, address_id, resident_id, priority, state, campaign_id, due_at,"
            " attempts, created_at) VALUES (1, 'sms', 1, 1, 2, 'failed', 1, :moment, 1, :moment)",
        ):
            bound = text(statement).bindparams(
                *(each for each in (bindparam("moment", moment, type_=Moment()), bindparam("bytes", b"x"))
                  if f":{each.key}" in statement)
            )  # fmt: skip
            await session.execute(bound)
    await migrate(db, "0005")
    async with db.transaction() as session:
        resident = (await session.execute(text("SELECT state, province, commune, source FROM residents"))).one()
        campaign = (await session.execute(text("SELECT name, quotas, waves, resends, origin FROM campaigns"))).one()
        counts = [
            await session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("deliveries", "campaign_steps")
        ]
    await db.close()
    assert tuple(resident) == ("active", "01.571", None, None)
    assert tuple(campaign) == ("News", None, None, None, None)
    assert counts == [1, 1]


async def test_what_was_done_before_authors_were_told_is_no_news(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0015")
    async with db.transaction() as session:
        for statement in (
            "INSERT INTO plans (id, code, title, starts_on, ends_on, scope, axes, themes, sheet)"
            " VALUES (1, 'p', '{}', '2021-01-01', '2023-12-31', 'regional', '[]', '{}', '{}')",
            "INSERT INTO commitments (id, plan_id, number, title, confirmed, provinces, sheet, proposal_id)"
            " VALUES (1, 1, 3, '{}', '[]', '[]', '{}', 7)",
            "INSERT INTO milestones (id, commitment_id, number, title, sheet) VALUES (1, 1, 1, '{}', '{}')",
            "INSERT INTO milestones (id, commitment_id, number, title, sheet) VALUES (2, 1, 2, '{}', '{}')",
            "INSERT INTO assessments (commitment_id, milestone_id, source, status, day, evidence, who, at)"
            " VALUES (1, 1, 'operational', 'done', '2022-01-01', '', 'amina', CURRENT_TIMESTAMP)",
        ):
            await session.execute(text(statement))
    await migrate(db)
    now = datetime(2026, 11, 24, 10, tzinfo=UTC)
    async with db.transaction() as session:
        assert await announcements.take_newly_done(session, now=now) == []
        (told, untold) = await session.scalars(select(commitments.Milestone).order_by(commitments.Milestone.id))
        assert told.told_at is not None
        assert untold.told_at is None
    await db.close()


async def test_a_plan_from_before_milestones_stays_and_can_be_filled(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0013")
    moment = datetime(2026, 11, 24, 10, tzinfo=UTC)
    async with db.transaction() as session:
        for statement in (
            "INSERT INTO plans (id, code, title, starts_on, ends_on)"
            ' VALUES (1, \'old\', \'{"ar": "x", "fr": "y", "zgh": "z"}\', \'2021-01-01\', \'2023-12-31\')',
            "INSERT INTO commitments (id, plan_id, number, title, confirmed)"
            ' VALUES (1, 1, 3, \'{"ar": "x", "fr": "y", "zgh": "z"}\', \'["ar"]\')',
        ):
            await session.execute(text(statement.replace(":", "\\:")))
        opened = (
            "INSERT INTO consultations (id, code, title, state, revision, created_at)"
            " VALUES (1, 'plan', '{}', 'open', 1, :moment)"
        )
        await session.execute(text(opened).bindparams(bindparam("moment", moment, type_=Moment())))
    await migrate(db)
    async with db.transaction() as session:
        whole = await commitments_service.commitment(session, "old", 3)
        assert (whole.label["fr"], whole.state(moment.date()), whole.upcoming()) == ("y", "planned", None)
        assert (whole.plan.scope, whole.commitment.confirmed) == ("regional", ["ar"])
        (offered,) = await consultations_service.on_offer(session, resident_id=1, now=moment)
        assert offered.code == "plan"
        await exchange.import_csv(session, "old", await exchange.export_csv(session, "old"), who="amina", now=moment)
    await db.close()


async def test_what_is_unsure_before_reconciliation_is_asked_about_after_it(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db, now = Database(await databases.empty()), datetime.now(UTC)
    await migrate(db, "0004")
    await fill(
        db,
        residents={"id": 1, "state": "active", "latin": False, "joined_at": now},
        addresses={"id": 1, "resident_id": 1, "channel": "sms", "provider": "twilio", "blind_index": b"1",
                   "sealed": b"1", "state": "active"},
        deliveries={"id": 1, "channel": "sms", "address_id": 1, "resident_id": 1, "priority": 2, "state": "unsure",
                    "due_at": now, "attempts": 1, "created_at": now, "settled_at": now},
    )  # fmt: skip
    await migrate(db)
    async with db.transaction() as session:
        deliveries = (await session.execute(text("SELECT state, asked, ask_at FROM deliveries"))).all()
    await db.close()
    assert deliveries == [("unsure", 0, None)]


async def test_options_and_answers_from_before_rounds_are_read_as_they_were(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db, now = Database(await databases.empty()), datetime.now(UTC)
    words = '{"ar": "نعم", "fr": "oui", "zgh": "ⵢⴰⵀ"}'
    await migrate(db, "0011")
    async with db.transaction() as session:
        for statement in (
            "INSERT INTO consultations (id, code, title, state, revision, created_at)"
            " VALUES (1, 'old', :words, 'open', 1, :now)",
            "INSERT INTO questions (id, consultation_id, position, kind, text, rules)"
            " VALUES (1, 1, 0, 'several', :words, '{}')",
            "INSERT INTO options (id, question_id, position, label) VALUES (7, 1, 0, :words)",
        ):
            sql = statement.replace(":words", f"'{words}'".replace(":", "\\:"))
            clause = text(sql)
            bound = clause.bindparams(bindparam("now", now, type_=Moment())) if ":now" in sql else clause
            await session.execute(bound)
    await migrate(db)
    async with db.transaction() as session:
        (question,) = await content.read(session, consultation_id=1)
    await db.close()
    assert [(each.value, each.label["fr"], each.detail, each.reference) for each in question.options] == [
        ("7", "oui", None, None)
    ]
    assert not question.detailed


async def test_themes_of_plans_become_those_of_all(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0015")
    moment = datetime(2026, 11, 24, 10, tzinfo=UTC)
    words = '{"ar": "x", "fr": "y", "zgh": "z"}'
    followed = [(1, "openness"), (1, "rights"), (2, "openness"), (2, "inclusion"), (3, "water")]
    async with db.transaction() as session:
        statements = [
            "INSERT INTO plans (id, code, title, starts_on, ends_on, themes) VALUES"
            f" (1, 'old', '{words}', '2021-01-01', '2023-12-31', '{words}')",
            *(
                "INSERT INTO commitments (id, plan_id, number, title, confirmed, theme)"
                f" VALUES ({number}, 1, {number}, '{words}', '[]', {theme})"
                for number, theme in ((1, "'openness'"), (2, "'water'"), (3, "NULL"))
            ),
        ]
        for statement in statements:
            await session.execute(text(statement.replace(":", "\\:")))
        people = "INSERT INTO residents (id, state, latin, joined_at) VALUES (:id, 'active', false, :moment)"
        follow = "INSERT INTO follows (resident_id, kind, ref, since) VALUES (:id, 'theme', :ref, :moment)"
        at = bindparam("moment", moment, type_=Moment())
        for number in (1, 2, 3):
            await session.execute(text(people).bindparams(at, id=number))
        for number, ref in followed:
            await session.execute(text(follow).bindparams(at, id=number, ref=ref))
    await migrate(db)
    async with db.transaction() as session:
        kept = list(await session.execute(text("SELECT resident_id, ref FROM follows ORDER BY resident_id, ref")))
        assert kept == [(1, "rights"), (2, "rights"), (3, "water")]
        themes = [
            (await commitments_service.commitment(session, "old", number)).commitment.theme for number in (1, 2, 3)
        ]
        assert themes == ["rights", "water", None]
    await db.close()


async def test_campaigns_to_followers_of_old_themes_are_for_those_of_the_new(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0021")
    old = ["commitment:a/1", "theme:openness", "theme:rights", "theme:water", "theme:inclusion"]
    new = ["commitment:a/1", "theme:rights", "theme:water"]
    nested = [{"all": [{"any": [{"not": {"follows": each}}, {"language": ["fr"]}]}]} for each in (old, new)]
    parts = [[{"about": "a/1", "audience": {"follows": each}, "texts": {"fr": "x: y"}}] for each in (old, new)]
    before = [(1, {"follows": old}, None), (2, nested[0], parts[0]), (3, {}, None)]
    sent = Campaign
    plain = ("id", "name", "purpose", "urgent", "state", "author", "tried", "failed")
    kept = table("campaigns", *map(column, plain), column("audience", Json), column("parts", Json))
    async with db.transaction() as session:
        for number, audience, part in before:
            values = {"id": number, "name": "News", "purpose": "update", "urgent": False, "state": "draft"}
            values |= {"author": "amina", "tried": 0, "failed": 0, "audience": audience}
            await session.execute(kept.insert().values(**values, parts=null() if part is None else part))
    await migrate(db)
    async with db.transaction() as session:
        rows = select(sent.id, sent.audience, sent.parts).order_by(sent.id)
        assert [tuple(row) for row in await session.execute(rows)] == [
            (1, {"follows": new}, None), (2, nested[1], parts[1]), (3, {}, None),
        ]  # fmt: skip
        unset = await session.scalars(text("SELECT id FROM campaigns WHERE parts IS NULL ORDER BY id"))
        assert list(unset) == [1, 3]
    await db.close()


async def test_half_an_answer_is_taken_off_its_ballot(databases: SqliteDatabases | PostgresDatabases) -> None:
    """Incomplete answers of an open consultation are deleted; complete ones, and those of closed ones, stay."""
    db = Database(await databases.empty())
    await migrate(db, "0030")
    moment, words = datetime(2026, 11, 24, 10, tzinfo=UTC), {"fr": "texte"}
    for number, state in ((1, "open"), (2, "closed")):
        await fill(
            db,
            consultations={
                "id": number, "code": f"c{number}", "title": words, "state": state, "revision": 1, "created_at": moment,
                "invited_only": False,
            },
            questions={
                "id": number, "consultation_id": number, "position": 0, "kind": "several", "text": words,
                "rules": {"least": 2},
            },
        )  # fmt: skip
    for number, consultation, count in ((1, 1, 1), (2, 1, 2), (3, 2, 1)):
        ballot = {
            "id": number, "consultation_id": consultation, "voter": bytes([number]), "receipt": f"R{number}",
            "channel": "sms", "language": "fr", "complete": False, "cast_on": moment.date(), "assisted": False,
        }  # fmt: skip
        await fill(db, ballots=ballot)
        for rank in range(count):
            await fill(db, answers={"ballot_id": number, "question_id": consultation, "rank": rank, "value": str(rank)})
    await migrate(db)
    async with db.transaction() as session:
        left = await session.execute(text("SELECT ballot_id, rank FROM answers ORDER BY ballot_id, rank"))
        assert [tuple(row) for row in left] == [(2, 0), (2, 1), (3, 0)]
    await db.close()
