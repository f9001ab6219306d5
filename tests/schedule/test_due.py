"""When each job is due next: read in one statement from the rows of its tables; None if there are no rows."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from api.background import schedule
from api.background.scheduler import Scheduler
from api.campaigns.context import CampaignContext
from api.campaigns.policy import rules_of
from api.db import Database
from api.outbox.context import OutboxContext
from api.outbox.worker import next_due, unsure
from api.residents.erasure import EMPTIED
from api.settings import Settings
from sawt.compose import catalogs
from sawt.roads import roads_of
from sms.measure import Measure
from tests.databases import SqliteDatabases
from tests.schedule import rows
from tests.world import KEYRING

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)  # a Tuesday, at eleven in Morocco
NIGHT = NOW.replace(hour=22)  # at eleven: the hours are over
SOON, MORNING = timedelta(seconds=10), datetime(2026, 11, 25, 9, tzinfo=UTC)
DAY, KEPT = timedelta(days=1), timedelta(seconds=900)
TOMORROW = datetime(2026, 11, 25, tzinfo=UTC)  # in Morocco: a milestone may be late then

Rows = Callable[[Database, datetime], Awaitable[None]]
Case = tuple[str, Rows, datetime | None]


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


def scheduler(db: Database, now: datetime) -> Scheduler:
    settings = Settings(_env_file=None)
    roads = roads_of(settings)
    means = OutboxContext(db=db, keyring=KEYRING, roads=roads, settings=settings, clock=lambda: now)
    return schedule.scheduler(CampaignContext(catalogs(), (Measure(),), rules_of(settings, roads, means.book)), means)


async def due(db: Database, job: str, now: datetime) -> datetime | None:
    """Return when a job is due next. The end of a day is left out."""
    moments = (await scheduler(db, now).moments())[job]
    return min((each for each in moments if each is not None and each != TOMORROW), default=None)


BY_DAY: list[Case] = [
    ("campaigns", lambda db, now: rows.campaign(db, state="scheduled", scheduled_for=now + SOON), NOW + SOON),
    ("campaigns", lambda db, now: rows.campaign(db, state="approved", scheduled_for=now + SOON), None),
    ("campaigns", lambda db, now: rows.campaign(db, state="running", opens_at=now - SOON), NOW),
    ("campaigns", lambda db, _now: rows.campaign(db, state="running"), NOW),  # its send window is not set yet
    ("campaigns", lambda db, now: rows.campaign(db, state="finished", opens_at=now - SOON), None),
    ("openings", lambda db, now: rows.consultation(db, now, state="draft", opens_at=now + SOON), NOW + SOON),
    ("openings", lambda db, now: rows.consultation(db, now, state="open", opens_at=now + SOON), None),
    (
        "openings",  # it would already be closed
        lambda db, now: rows.consultation(db, now, state="draft", opens_at=now - DAY, closes_at=now - SOON),
        None,
    ),
    ("closings", lambda db, now: rows.consultation(db, now, state="open", closes_at=now + SOON), NOW + SOON),
    ("closings", lambda db, now: rows.consultation(db, now, state="closed", closes_at=now + SOON), None),
    ("milestones", lambda db, now: rows.milestone(db, now, status="done"), NOW),
    ("milestones", lambda db, now: rows.milestone(db, now, status="done", told_at=now), None),
    ("milestones", lambda db, now: rows.milestone(db, now, status="started"), None),
    ("lateness", lambda db, now: rows.milestone(db, now, due_on=now.date() - DAY), NOW),
    ("lateness", lambda db, now: rows.milestone(db, now, due_on=now.date()), None),
    ("lateness", lambda db, now: rows.milestone(db, now, due_on=now.date() - DAY, status="done"), None),
    ("expiries", lambda db, now: rows.delivery(db, now, expires_at=now + SOON), NOW + SOON),
    ("expiries", lambda db, now: rows.delivery(db, now, expires_at=now + SOON, state="sent"), None),
    ("leases", lambda db, now: rows.delivery(db, now, leased_until=now + SOON, state="sending"), NOW + SOON),
    ("leases", lambda db, now: rows.delivery(db, now), None),
    ("texts", lambda db, now: rows.delivery(db, now, state="sent", settled_at=now, sealed=b"s"), NOW + KEPT),
    ("texts", lambda db, now: rows.delivery(db, now, state="sent", settled_at=now), None),
    ("texts", lambda db, now: rows.delivery(db, now, sealed=b"s"), None),
    ("leftovers", lambda db, now: rows.merge(db, now - DAY + SOON), NOW + SOON),
    ("leftovers", lambda db, now: rows.superseded(db, now, now + SOON), NOW + SOON),
    ("leftovers", lambda db, now: rows.consultation(db, now, state="closed", closed_at=now - SOON), NOW),
    ("leftovers", lambda db, now: rows.consultation(db, now, state="closed", closed_at=now - DAY - SOON), None),
    ("leftovers", lambda db, now: rows.person(db, now, state=EMPTIED), NOW),
    ("leftovers", lambda db, now: rows.person(db, now), None),
    ("leftovers", lambda db, now: rows.wrong_code(db, now - DAY), NOW),
    ("leftovers", lambda db, now: rows.wrong_code(db, now), None),
    ("meetings", lambda db, now: rows.meeting(db, now, days=1), NOW),
    ("meetings", lambda db, now: rows.meeting(db, now, days=2), MORNING),
    ("meetings", lambda db, now: rows.meeting(db, now, days=1, reminded_at=now), None),
    ("meetings", lambda db, now: rows.meeting(db, now, days=1, state="cancelled"), None),
    ("meetings", lambda db, now: rows.meeting(db, now, days=9, reminded_at=now, registered="waiting"), NOW),
    ("meetings", lambda db, now: rows.meeting(db, now, days=9, reminded_at=now, registered="seat"), None),
    ("minutes", lambda db, now: rows.meeting(db, now, days=-1, state="held", minutes={}, registered="seat"), NOW),
    ("minutes", lambda db, now: rows.meeting(db, now, days=-1, state="held", registered="seat"), None),
]
AT_NIGHT: list[Case] = [  # what residents are told waits for the morning, and is not looked at until then
    ("campaigns", lambda db, _now: rows.campaign(db, state="paused"), None),
    ("meetings", lambda db, now: rows.meeting(db, now, days=1), MORNING),
    ("meetings", lambda db, now: rows.meeting(db, now, days=9, reminded_at=now, registered="waiting"), MORNING),
    ("minutes", lambda db, now: rows.meeting(db, now, days=-1, state="held", minutes={}, registered="seat"), MORNING),
]


@pytest.mark.parametrize(("job", "write", "moment"), BY_DAY)
async def test_when_a_job_is_due_by_day(db: Database, job: str, write: Rows, moment: datetime | None) -> None:
    await write(db, NOW)
    assert await due(db, job, NOW) == moment


@pytest.mark.parametrize(("job", "write", "moment"), AT_NIGHT)
async def test_when_a_job_is_due_at_night(db: Database, job: str, write: Rows, moment: datetime | None) -> None:
    await write(db, NIGHT)
    assert await due(db, job, NIGHT) == moment


async def test_a_campaign_outside_its_window_is_looked_at_rarely_and_when_it_opens(db: Database) -> None:
    await rows.campaign(db, state="running", opens_at=MORNING)
    scheduled, flowing, gate, running = (await scheduler(db, NIGHT).moments())["campaigns"]
    assert (scheduled, flowing, gate, running) == (None, None, MORNING, NIGHT)
    jobs = {job.name: job for job in scheduler(db, NIGHT).jobs}
    assert [each.apart for each in jobs["campaigns"].moments] == [1.0, 1.0, 1.0, 30.0]


async def test_one_statement_finds_that_nothing_is_due(db: Database) -> None:
    statements: list[str] = []
    event.listen(db.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    by_job = await scheduler(db, NOW).moments()
    assert len(statements) == 1
    assert by_job.pop("retention") == [NOW]  # runs every few minutes, whatever there is
    assert {each for moments in by_job.values() for each in moments} == {None, TOMORROW}


@pytest.fixture
def sqlite_only(request: pytest.FixtureRequest) -> SqliteDatabases:
    """The database that uses a partial index only if the query repeats the index's condition."""
    databases: SqliteDatabases = request.getfixturevalue("_sqlite")
    return databases


async def test_no_large_table_is_scanned(sqlite_only: SqliteDatabases) -> None:
    db, statements = Database(await sqlite_only.fresh()), list[tuple[str, Any]]()
    event.listen(db.engine.sync_engine, "before_cursor_execute", lambda *args: statements.append(args[2:4]))
    await scheduler(db, NOW).moments()
    async with db.reading() as connection:
        await next_due.next_due(connection, "twilio", [("other", ("other",))], now=NOW)
        await unsure.next_due(connection, channel="sms", wait=DAY)
        plans = [
            await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values) for sql, values in statements[:3]
        ]
        steps = [str(step.detail) for plan in plans for step in plan]
    await db.close()
    assert sum("USING INDEX ix_deliveries" in step for step in steps) >= 6
    scanned = [step.split()[1] for step in steps if step.startswith("SCAN ") and " USING " not in step]
    assert not set(scanned) & {"deliveries", "residents", "addresses", "conversations", "merges", "inbound"}
