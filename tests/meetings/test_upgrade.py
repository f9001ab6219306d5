"""Upgrading a database with ballots, conversations and registrations: nothing is lost, no ballot becomes assisted."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select, text

from api.db import Database
from api.meetings.models import Registration
from sawt.migrate import migrate
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def test_earlier_ballots_are_not_marked_as_assisted(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0010")
    await fill(
        db,
        residents={"id": 1, "state": "active", "language": "fr", "latin": False, "joined_at": NOW},
        addresses={"id": 1, "resident_id": 1, "channel": "sms", "road": "twilio", "blind_index": b"x", "sealed": b"x",
                   "state": "active"},
        conversations={"address_id": 1, "step": "home", "position": 0, "offered": [], "misses": 0, "hour": NOW,
                       "heard": 0, "notes": {}, "switch_offered": False},
        consultations={"id": 1, "code": "plan", "title": {}, "state": "open", "revision": 1, "created_at": NOW},
        ballots={"id": 1, "consultation_id": 1, "voter": b"x", "receipt": "W7MQ2X9K", "channel": "sms",
                 "language": "fr", "complete": True, "cast_on": date(2026, 11, 24)},
    )  # fmt: skip
    await migrate(db)
    async with db.transaction() as session:
        assert (await session.execute(text("SELECT id, assisted FROM ballots"))).all() == [(1, False)]
        assert (await session.execute(text("SELECT step, assisting FROM conversations"))).all() == [("home", None)]
        for table in ("meetings", "registrations", "letters", "agents", "agent_days", "agent_tries"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    await db.close()


async def test_registrations_stay_and_ids_are_used_once(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0023")
    seat = {"meeting_id": 1, "resident_id": 1, "state": "seat", "since": NOW, "came": True, "asked": True}
    await fill(
        db,
        residents={"id": 1, "state": "active", "latin": False, "joined_at": NOW},
        meetings={"id": 1, "code": "tanger", "title": {}, "place": {}, "starts_at": NOW, "ends_at": NOW, "seats": 1,
                  "province": "01.511", "languages": [], "state": "planned", "agreed": 0, "disagreed": 0},
    )  # fmt: skip
    await fill(db, registrations={**seat, "judged": False})
    await migrate(db)
    async with db.transaction() as session:
        (row,) = await session.scalars(select(Registration))
        before = row.id
        assert {name: getattr(row, name) for name in seat} == seat
        await session.delete(row)
        await session.flush()
        session.add(Registration(**seat, judged=False))
    async with db.transaction() as session:
        assert (await session.scalars(select(Registration.id))).one() > before
    await undo(db, "0023")
    await db.close()
