"""The scheduler runs jobs when they are due, independently, once for all processes; failed ones are tried again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from api.background import scheduler as scheduling
from api.background.job import Job, Moment, Work
from api.background.scheduler import Scheduler
from api.campaigns.models import Campaign
from api.db import Database
from api.db import Moment as Point
from api.errors import Unavailable
from tests.clock import MovingClock
from tests.databases import PostgresDatabases
from tests.schedule import rows

AT_ONCE = Moment(select(bindparam("now", type_=Point())))
SCHEDULED = Moment(select(func.min(Campaign.scheduled_for)))
FOREVER = 3600.0


class Counted:
    """Work that counts its runs, and fails with the given errors first."""

    def __init__(self, *failures: Exception) -> None:
        self.done, self.began, self.go_on = 0, asyncio.Event(), asyncio.Event()
        self.go_on.set()
        self._failures = list(failures)

    async def __call__(self, _session: AsyncSession, _now: datetime) -> None:
        self.began.set()
        await self.go_on.wait()
        self.done += 1
        if self._failures:
            raise self._failures.pop(0)


def nothing(_now: datetime) -> Mapping[str, Any]:
    return {}


def scheduler(db: Database, clock: MovingClock, *jobs: tuple[Work, Moment]) -> Scheduler:
    named = [Job(f"job {n}", work, (moment,)) for n, (work, moment) in enumerate(jobs)]
    return Scheduler(named, db, clock, net=FOREVER, values=nothing)


@asynccontextmanager
async def running(jobs: Scheduler) -> AsyncIterator[None]:
    """Run a scheduler during the block."""
    task = asyncio.create_task(jobs.run())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.wait([task])


@pytest.fixture
async def db(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url)
    yield database
    await database.close()


async def schedule(db: Database, at: datetime) -> None:
    """Make something due at a moment, as staff would."""
    await rows.write(db, Campaign, **rows.CAMPAIGN, state="scheduled", scheduled_for=at)


async def test_nothing_runs_before_it_is_due(db: Database) -> None:
    clock, work = MovingClock(), Counted()
    jobs = scheduler(db, clock, (work, SCHEDULED))
    await jobs.once()
    await schedule(db, clock.later(seconds=10))
    await jobs.once()
    assert work.done == 0
    clock.advance(seconds=11)
    await jobs.once()
    assert work.done == 1


async def test_it_sleeps_until_the_time_that_a_write_set(db: Database) -> None:
    """Nobody tells the scheduler: a write to such a table wakes it."""
    clock, work = MovingClock(), Counted()
    async with running(scheduler(db, clock, (work, SCHEDULED))), asyncio.timeout(60):
        await schedule(db, clock.later(seconds=0.3))
        await work.began.wait()
        assert clock() >= (await first(db))


async def first(db: Database) -> datetime:
    async with db.transaction() as session:
        return (await session.scalars(select(func.min(Campaign.scheduled_for)))).one()


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (RuntimeError("a fault"), [1, 1, 2, 2, 3, 4]),  # after one second, then after two, then as usual
        (Unavailable(), [1, 1, 2, 3, 4, 5]),  # after a second: the database comes back
    ],
)
async def test_a_failed_job_is_tried_again_later_and_delays_no_other(
    db: Database, monkeypatch: pytest.MonkeyPatch, failure: Exception, expected: list[int]
) -> None:
    present = 1000.0
    monkeypatch.setattr(scheduling, "time", SimpleNamespace(monotonic=lambda: present))
    failing, other = Counted(failure, failure), Counted()
    jobs = scheduler(db, MovingClock(), (failing, AT_ONCE), (other, AT_ONCE))
    done = []
    for passed in (0.0, 0.5, 0.6, 1.1, 1.1, 1.1):
        present += passed
        await jobs.once()
        done.append((failing.done, other.done))
    assert done == list(zip(expected, [1, 1, 2, 3, 4, 5], strict=True))


def test_failed_tries_back_off_where_that_does_no_harm() -> None:
    usual, patient = Moment(select(1)), Moment(select(1), most=30.0)
    assert [scheduling._apart(usual, tries) for tries in (0, 1, 2, 99)] == [1.0] * 4
    assert [scheduling._apart(patient, tries) for tries in (0, 1, 2, 3, 99)] == [1.0, 1.0, 2.0, 4.0, 30.0]


@pytest.fixture
def postgres_only(request: pytest.FixtureRequest) -> PostgresDatabases:
    """The database that several processes can share."""
    databases: PostgresDatabases = request.getfixturevalue("_postgresql")
    return databases


async def test_a_running_job_delays_no_other_and_is_not_started_twice(
    postgres_only: PostgresDatabases,
) -> None:
    db = Database(await postgres_only.fresh())  # on SQLite transactions come one after another
    clock, slow, other = MovingClock(), Counted(), Counted()
    slow.go_on.clear()
    jobs = scheduler(db, clock, (slow, AT_ONCE), (other, AT_ONCE))
    async with running(jobs), asyncio.timeout(60):
        await slow.began.wait()
        while other.done < 2:  # noqa: ASYNC110 - the scheduler runs it
            await asyncio.sleep(0.05)
        assert slow.done == 0
        slow.go_on.set()
    await db.close()


async def test_two_processes_run_a_job_once(postgres_only: PostgresDatabases) -> None:
    url = await postgres_only.fresh()
    one, two = Database(url), Database(url)
    own, other = Counted(), Counted()
    own.go_on.clear()
    clock = MovingClock()
    first = asyncio.create_task(scheduler(one, clock, (own, AT_ONCE)).once())
    await own.began.wait()
    second = scheduler(two, clock, (other, AT_ONCE))
    await second.once()  # skips the job, and does not wait
    assert (own.done, other.done) == (0, 0)
    own.go_on.set()
    await first
    assert (own.done, other.done) == (1, 0)
    await one.close()
    await two.close()
