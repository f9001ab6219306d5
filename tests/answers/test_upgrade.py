"""Upgrading detaches texts from ballots of closed consultations; those of open ones stay until closing."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from api.background import after_closing
from api.consultations.models import Answer
from api.consultations.words.own_words import OwnWords
from api.db import Database
from sawt.migrate import migrate
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


async def test_texts_of_closed_consultations_leave_their_ballots(
    databases: SqliteDatabases | PostgresDatabases,
) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0047")
    for number, state in ((1, "closed"), (2, "open")):
        row = {"id": number, "code": f"c{number}", "title": {}, "state": state, "revision": 1, "created_at": NOW}
        ended = {"closed_at": NOW, "cleaned_at": NOW} if state == "closed" else {}
        await fill(db, consultations={**row, **ended, "invited_only": False})
        await fill(db, questions={"id": number, "consultation_id": number, "position": 0, "kind": "text", "text": {},
                                  "rules": {}})  # fmt: skip
        ballot = {"id": number, "consultation_id": number, "voter": bytes([number]), "receipt": f"ABCD234{number}"}
        await fill(db, ballots={**ballot, "complete": True, "cast_on": NOW.date()})
        await fill(
            db, answers={"ballot_id": number, "question_id": number, "rank": 0, "value": f"tél 061234567{number}"}
        )
    await migrate(db)
    assert await after_closing.clean(db, now=NOW)
    async with db.transaction() as session:
        answers = {each.question_id: each.value for each in await session.scalars(select(Answer))}
        [words] = await session.scalars(select(OwnWords))
    assert answers == {1: "*", 2: "tél 0612345672"}
    assert (words.question_id, words.text, words.flags) == (1, "tél 0612345671", ["phone"])
    with pytest.raises(RuntimeError, match="no place for"):
        await undo(db, "0047")
    await db.close()
