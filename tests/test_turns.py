"""Two processes that write to one SQLite file take turns: the waiting one retries often."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Connection, event, text
from sqlalchemy.exc import OperationalError

from api.db import Database
from api.errors import Unavailable
from api.runtime import sqlite_turns

TRIES = 3


@pytest.fixture
def other(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A connection of another writing process."""
    with closing(sqlite3.connect(tmp_path / "shared.db", isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("CREATE TABLE acts (id INTEGER)")
        connection.execute("BEGIN IMMEDIATE")
        yield connection


async def write(db: Database) -> None:
    async with db.transaction() as session:
        await session.execute(text("INSERT INTO acts VALUES (1)"))


async def test_who_waits_asks_until_the_other_has_ended(tmp_path: Path, other: sqlite3.Connection) -> None:
    db, tries, asked = Database(f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}"), 0, asyncio.Event()

    @event.listens_for(db.engine.sync_engine, "before_cursor_execute")
    def _count(_connection: Connection, _cursor: object, statement: str, *_more: object) -> None:
        nonlocal tries
        tries += statement == "BEGIN IMMEDIATE"
        if tries == TRIES:
            asked.set()

    writing, asking = asyncio.create_task(write(db)), asyncio.create_task(asked.wait())
    await asyncio.wait({writing, asking}, return_when=asyncio.FIRST_COMPLETED)
    other.execute("COMMIT")
    await writing
    await db.close()
    assert other.execute("SELECT count(*) FROM acts").fetchone() == (1,)


async def test_who_waits_for_ever_is_told(
    tmp_path: Path, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_turns, "PATIENCE", 0.0)
    db = Database(f"sqlite+aiosqlite:///{tmp_path / 'shared.db'}")
    with pytest.raises(Unavailable):
        await write(db)
    other.execute("COMMIT")
    await write(db)  # the connection still works
    await db.close()


def test_another_failure_is_told_at_once() -> None:
    class Broken:
        def exec_driver_sql(self, statement: str) -> None:
            raise OperationalError(statement, None, Exception("disk I/O error"))

    with pytest.raises(OperationalError, match="disk"):
        sqlite_turns.begin(Broken())  # type: ignore[arg-type]
