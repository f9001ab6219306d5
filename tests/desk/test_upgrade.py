"""Upgrading letters to threads and back: what was written and answered stays readable."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from api.db import Database
from api.desk import reading, service
from sawt.migrate import migrate
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo
from tests.world import KEYRING

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def test_letters_are_upgraded_to_threads_and_back(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0019")
    await fill(
        db,
        residents={"id": 1, "state": "active", "language": "fr", "latin": False, "joined_at": NOW},
        addresses={"id": 1, "resident_id": 1, "channel": "sms", "road": "twilio", "blind_index": b"x", "sealed": b"x",
                   "state": "active"},
    )  # fmt: skip
    values = {"resident_id": 1, "address_id": 1, "province": "", "language": "fr", "written_at": NOW}
    sealed, answered = service.seal(KEYRING, "une route"), KEYRING.encipher("oui", purpose=service.ANSWER)
    await fill(db, letters={**values, "id": 3, "state": "open", "sealed": sealed})
    answer = {"answer": answered, "answered_at": NOW, "who": "amina"}
    await fill(db, letters={**values, "id": 4, "state": "answered", "sealed": sealed, **answer})
    await migrate(db)
    async with db.transaction() as session:
        first, second = [await reading.one(session, number, keyring=KEYRING) for number in (3, 4)]
    assert (first.text, first.answer, first.waiting_since) == ("une route", None, NOW)
    assert [(each.kind, each.text, each.who) for each in second.lines] == [
        ("letter", "une route", None), ("answer", "oui", "amina"),
    ]  # fmt: skip
    assert second.waiting_since is None
    await undo(db, "0019")
    async with db.engine.begin() as connection:
        rows = (await connection.execute(text("SELECT sealed, answer FROM letters ORDER BY id"))).all()
    await db.close()
    assert [[None if cell is None else bytes(cell) for cell in row] for row in rows] == [
        [sealed, None],
        [sealed, answered],
    ]
