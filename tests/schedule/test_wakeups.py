"""Wake-ups: a commit wakes those who wait, in this process and in others; a rollback wakes nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from api.db import Database
from api.inbound.models import Inbound
from api.meetings.models import Meeting
from api.outbox.flow import send_windows
from api.residents.models import Resident
from api.runtime import wakeup_transport
from api.runtime.wakeups import OUTBOX, SCHEDULE, wake
from tests.clock import MovingClock
from tests.databases import PostgresDatabases
from tests.schedule import rows

NOW = MovingClock()()


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


@asynccontextmanager
async def listening_process(url: str) -> AsyncIterator[Database]:
    """Run another process that hears the commits of others during the block."""
    other = Database(url)
    with other.wakeups.sleeper(OUTBOX) as woken:
        task = asyncio.create_task(other.listen())
        if other.engine.dialect.name == "postgresql":
            await woken.wait()  # woken once it listens, in case something was missed before
        else:
            await asyncio.sleep(0)  # lets it read the file's modification time
    try:
        yield other
    finally:
        task.cancel()
        await asyncio.wait([task])
        await other.close()


async def waken(db: Database, topic: str = OUTBOX) -> None:
    async with db.transaction() as session:
        wake(session, topic)


async def test_a_commit_wakes_its_own_process(db: Database) -> None:
    with db.wakeups.sleeper(OUTBOX) as outbox, db.wakeups.sleeper(SCHEDULE) as schedule:
        async with db.transaction() as session:
            wake(session, OUTBOX)
            assert not outbox.is_set()
        assert (outbox.is_set(), schedule.is_set()) == (True, False)


async def test_a_rollback_wakes_nobody(db: Database) -> None:
    async def fail() -> None:
        async with db.transaction() as session:
            wake(session, OUTBOX)
            raise RuntimeError

    with db.wakeups.sleeper(OUTBOX) as woken:
        with pytest.raises(RuntimeError):
            await fail()
        assert not woken.is_set()


async def test_a_commit_wakes_other_processes(database_url: str, db: Database) -> None:
    async with listening_process(database_url) as other, asyncio.timeout(60):
        for topic in (OUTBOX, SCHEDULE, OUTBOX):
            with other.wakeups.sleeper(topic) as woken:
                await waken(db, topic)
                await woken.wait()


async def test_a_process_that_hears_is_woken_by_its_own_commits(database_url: str) -> None:
    async with listening_process(database_url) as process, asyncio.timeout(60):
        with process.wakeups.sleeper(OUTBOX) as woken:
            await waken(process)
            await woken.wait()


async def added(session: AsyncSession) -> None:
    session.add(Meeting(id=1, **rows.MEETING, state="planned", starts_at=NOW, ends_at=NOW))


async def gate(session: AsyncSession) -> None:
    await send_windows.set_window(session, 1, opens_at=NOW, closes_at=None)


async def first_message(session: AsyncSession) -> None:
    session.add(Resident(id=1, joined_at=NOW, **rows.PERSON))
    session.add(Inbound(provider="twilio", external_id="1", received_at=NOW))


@pytest.mark.parametrize(
    ("work", "topics"),
    [(added, {SCHEDULE}), (gate, {OUTBOX, SCHEDULE}), (first_message, set())],
    ids=["what a job looks at", "a gate that opens", "a turn"],
)
async def test_which_writes_wake_whom(db: Database, work: object, topics: set[str]) -> None:
    with db.wakeups.sleeper(OUTBOX) as outbox, db.wakeups.sleeper(SCHEDULE) as schedule:
        async with db.transaction() as session:
            await work(session)  # type: ignore[operator]
        woken = {name for name, event in ((OUTBOX, outbox), (SCHEDULE, schedule)) if event.is_set()}
    assert woken == topics


async def test_an_unchanged_gate_wakes_nobody(db: Database) -> None:
    async with db.transaction() as session:
        await gate(session)
    with db.wakeups.sleeper(OUTBOX) as woken:
        async with db.transaction() as session:
            await gate(session)
        assert not woken.is_set()


async def test_reading_does_not_wait_for_writers(database_url: str, db: Database) -> None:
    other = Database(database_url)
    async with other.transaction() as session:
        await first_message(session)
        await session.flush()
        async with db.reading() as connection, asyncio.timeout(5):
            assert (await connection.execute(select(Resident.id))).all() == []
    async with db.reading() as connection:
        assert (await connection.execute(select(Resident.id))).all() == [(1,)]
    await write_after_reading(db)
    await other.close()


async def write_after_reading(db: Database) -> None:
    """Write on a connection that only read before."""
    async with db.transaction() as session:
        session.add(Resident(id=2, joined_at=NOW, **rows.PERSON))


@pytest.fixture
def postgres_only(request: pytest.FixtureRequest) -> PostgresDatabases:
    """The database with NOTIFY."""
    databases: PostgresDatabases = request.getfixturevalue("_postgresql")
    return databases


async def test_a_lost_connection_is_restored(postgres_only: PostgresDatabases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wakeup_transport, "_PAUSE", 0.01)
    url = await postgres_only.fresh()
    db = Database(url)
    ending = text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'")
    async with listening_process(url) as other, asyncio.timeout(60):
        with other.wakeups.sleeper(OUTBOX) as woken, other.wakeups.sleeper(SCHEDULE) as missed:
            async with db.engine.connect() as connection:
                assert (await connection.execute(ending)).all() == [(True,)]
            await asyncio.gather(woken.wait(), missed.wait())  # woken once it is back, in case something was missed
            woken.clear()
            await waken(db)
            await woken.wait()
    await db.close()
