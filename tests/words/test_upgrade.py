"""The migration keeps options, which have no other words yet, and deletes replies in plain text; both ways."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text

from api.consultations import content
from api.db import Database
from sawt.migrate import migrate
from tests.databases import PostgresDatabases, SqliteDatabases
from tests.upgrading import fill, undo

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
WORDS = {"ar": "نعم", "fr": "oui", "zgh": "ⵢⴰⵀ"}


async def test_options_stay_and_plain_texts_are_deleted(databases: SqliteDatabases | PostgresDatabases) -> None:
    db = Database(await databases.empty())
    await migrate(db, "0048")
    await fill(
        db,
        consultations={"id": 1, "code": "plan", "title": {}, "state": "open", "revision": 1, "created_at": NOW,
                       "invited_only": False},
        questions={"id": 1, "consultation_id": 1, "position": 0, "kind": "single", "text": {}, "rules": {}},
        options={"id": 7, "question_id": 1, "position": 0, "label": WORDS},
        unmatched={"words": "saniya", "asked": "single", "language": "fr", "count": 3, "last_on": NOW.date()},
    )  # fmt: skip
    await migrate(db)
    async with db.transaction() as session:
        (question,) = await content.read(session, consultation_id=1)
        assert [(each.value, each.label, each.also) for each in question.options] == [("7", WORDS, ())]
        assert (await session.execute(text("SELECT count(*) FROM unmatched"))).scalar() == 0
    await fill(
        db,
        option_words={"id": 1, "option_id": 7, "word": "saniya"},
        unmatched={"known_by": b"k", "question_id": 1, "asked": "single", "sealed": b"s", "bits": 1, "settled": 0,
                   "last_on": NOW.date(), "dropped": False},
    )  # fmt: skip
    async with db.transaction() as session:
        assert (await content.read(session, consultation_id=1))[0].options[0].also == ("saniya",)
    await undo(db, "0048")
    async with db.engine.begin() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM options"))).scalar() == 1
    await db.close()
