"""The migration chains the acts of an older release in the order of their ids, and nothing of them is lost."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select, text

from api import audit
from api.audit import service
from api.audit.models import Act
from api.db import Database
from sawt.migrate import migrate
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo

NOW = datetime(2026, 11, 24, 10, 0, 0, 123456, tzinfo=UTC)
IDS = (2, 3, 7, 1_000)


def old(number: int) -> dict[str, Any]:
    """An act of an older release."""
    about = None if number % 2 else "mot \u007f\u2028é"
    at = NOW - timedelta(minutes=number)
    return {"id": number, "at": at, "who": "amina", "act": "show", "subject": f"resident {number}", "about": about}


async def test_acts_of_an_older_release_are_chained(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0052")
    for number in reversed(IDS):
        await fill(db, acts=old(number))
    await migrate(db)
    async with db.transaction() as session:
        await audit.note(session, who="idir", act="show", subject="resident 5", now=NOW)
    async with db.viewing() as session:
        acts = (await session.scalars(select(Act).order_by(Act.seq))).all()
    assert [(each.seq, each.subject) for each in acts] == [
        *((seq, f"resident {number}") for seq, number in enumerate(IDS, 1)),
        (5, "resident 5"),
    ]
    assert [each.at for each in acts[:4]] == [NOW - timedelta(minutes=number) for number in IDS]
    assert [each.via for each in acts] == [None] * 4 + ["api"]
    assert (await service.verify_all(db)).seq == 5
    await undo(db, "0052")
    async with db.transaction() as session:
        await session.execute(text("DELETE FROM acts WHERE subject = 'resident 5'"))
        left = (await session.execute(text("SELECT count(*) FROM acts"))).scalar_one()
    assert left == len(IDS)
    await db.close()


async def test_an_empty_record_begins_with_its_first_act(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db)
    assert await service.verify_all(db) == service.Position()
    async with db.transaction() as session:
        await audit.note(session, who="amina", act="show", subject="resident 1", now=NOW)
    assert (await service.verify_all(db)).seq == 1
    await db.close()
